import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockNewDirectory } from '../src/postgres/index.ts';

export interface Folder extends Disposable {
	readonly path: string;
}

/**
 * Creates a folder in `parent`, removed on disposal. `scripts/clean` removes the folders of killed runs. The
 * lock beside the folder protects it while its run is alive.
 */
export function makeFolder(parent: string): Folder {
	const outer = mkdtempSync(join(parent, 'slipway-test-'));
	lockNewDirectory(outer, 'scripts/bench');
	chmodSync(outer, 0o711); // The servers of root may run as another user.
	const path = join(outer, 'files');
	mkdirSync(path);
	return { path, [Symbol.dispose]: () => rmSync(outer, { recursive: true, force: true, maxRetries: 10 }) };
}
