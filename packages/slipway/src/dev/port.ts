import { setTimeout as sleep } from 'node:timers/promises';
import { checkCanListen } from '../listening.ts';
import { checkUnlocked } from '../postgres/index.ts';
import type { ServiceSettings } from '../settings/index.ts';

/**
 * Throws if the service could not listen, before anything is started. The port is most often taken by another
 * run in this checkout, which also holds `directory`, the folder of its server: then the error names that
 * run.
 */
export async function checkPort({ host, port }: ServiceSettings, directory?: string): Promise<void> {
	try {
		await checkCanListen(host, port);
	} catch {
		await sleep(100); // Another run that is starting may be probing the port too.
		if (directory !== undefined) checkUnlocked(directory);
		await checkCanListen(host, port);
	}
}
