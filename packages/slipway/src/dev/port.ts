import { setTimeout as sleep } from 'node:timers/promises';
import { checkCanListen } from '../listening.ts';
import { checkUnlocked } from '../postgres/index.ts';
import type { ServiceSettings } from '../settings/index.ts';

/**
 * Throws what would keep the service from listening, before anything is started. Who has the port is most often the
 * run that has `directory`, too, where this checkout keeps its server; then that is said.
 */
export async function checkPort({ host, port }: ServiceSettings, directory?: string): Promise<void> {
	try {
		await checkCanListen(host, port);
	} catch {
		await sleep(100); // It may have been another run at its start that tried the port as well.
		if (directory !== undefined) checkUnlocked(directory);
		await checkCanListen(host, port);
	}
}
