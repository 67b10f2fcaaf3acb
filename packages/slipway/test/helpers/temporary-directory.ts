import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { lockNewDirectory, temporaryFolder } from '../../src/postgres/index.ts';

/** A folder of the running test's own, removed when the test has ended. */
export function temporaryDirectory(): string {
	const directory = makeDirectory();
	onTestFinished(() => directory[Symbol.dispose]());
	return directory.path;
}

/**
 * The same, for a caller that disposes of it. `parent` may be a folder in memory: name another one for many packages.
 * `scripts/clean` removes the folders of killed runs; the lock protects those of living ones. It is next to the folder,
 * since a test may lock the folder itself.
 */
export function makeDirectory(parent = temporaryFolder()): { readonly path: string } & Disposable {
	const outer = mkdtempSync(join(parent, 'slipway-test-'));
	lockNewDirectory(outer, 'a test');
	chmodSync(outer, 0o711); // Tests run programs as other users.
	const path = join(outer, 'files');
	mkdirSync(path, { mode: 0o700 });
	const remove = () => {
		// One pass stops early when a supervisor removes a part of it at the same time.
		while (existsSync(outer)) rmSync(outer, { recursive: true, force: true, maxRetries: 10 });
	};
	return { path, [Symbol.dispose]: remove };
}
