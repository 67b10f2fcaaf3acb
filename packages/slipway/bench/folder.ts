import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockNewDirectory } from '../src/postgres/index.ts';

export interface Folder extends Disposable {
	readonly path: string;
}

/**
 * Makes a folder in `parent`, removed in the end. What a killed run leaves is removed by `scripts/clean`; the claim,
 * which lies beside the folder, keeps it from those of a run that lives.
 */
export function makeFolder(parent: string): Folder {
	const outer = mkdtempSync(join(parent, 'slipway-test-'));
	lockNewDirectory(outer, 'scripts/bench');
	chmodSync(outer, 0o711); // root's servers may run as another user.
	const path = join(outer, 'files');
	mkdirSync(path);
	return { path, [Symbol.dispose]: () => rmSync(outer, { recursive: true, force: true, maxRetries: 10 }) };
}
