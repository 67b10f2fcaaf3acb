import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { claimantOf } from '../claim.ts';
import { clusterIn } from './cluster.ts';
import { endOrphan } from './postmaster.ts';
import { temporaryFolder } from './temporary-folder.ts';

const prefix = 'slipway-server-';

/** Makes the folder of a throw-away server, and removes those that killed processes left. */
export async function makeThrowAway(): Promise<string> {
	const parent = temporaryFolder();
	await removeLeftovers(parent);
	return mkdtempSync(join(parent, prefix));
}

export function removalOf(folder: string): Disposable {
	return { [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * A supervisor removes the folder of its server, unless it was killed as well or not yet there. Only folders of this
 * user are looked at, and those of the last few seconds may be about to be claimed.
 */
async function removeLeftovers(parent: string): Promise<void> {
	for (const name of readdirSync(parent)) {
		if (!name.startsWith(prefix)) continue;
		const folder = join(parent, name);
		const found = statSync(folder, { throwIfNoEntry: false });
		if (found === undefined || found.uid !== process.getuid?.() || Date.now() - found.mtimeMs < 10_000)
			continue;
		if (claimantOf(folder) !== undefined) continue;
		await endOrphan(join(clusterIn(folder), 'data'));
		rmSync(folder, { recursive: true, force: true });
	}
}
