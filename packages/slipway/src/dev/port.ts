import { setTimeout as sleep } from 'node:timers/promises';
import { checkCanListen } from '../listening.ts';
import { checkUnlocked } from '../postgres/index.ts';
import type { ServiceSettings } from '../settings/index.ts';

/**
 * Throws if the service could not listen, before anything is started. The port is most often in use by
 * another run in this checkout. That run has also locked `directory`, the folder of its server, and so the
 * error names it.
 */
export async function checkPort({ host, port }: ServiceSettings, directory?: string): Promise<void> {
	try {
		await checkCanListen(host, port);
	} catch {
		await sleep(100); // Another run that is starting may be testing the port too.
		if (directory !== undefined) checkUnlocked(directory);
		await checkCanListen(host, port);
	}
}
