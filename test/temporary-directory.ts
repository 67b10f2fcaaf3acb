import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../src/postgres/embedded/temporary-folder.ts';

/** A folder of the running test's own, removed when the test has ended. */
export function temporaryDirectory(): string {
	const directory = mkdtempSync(join(temporaryFolder(), 'slipway-test-'));
	onTestFinished(() => {
		// One pass stops early when a supervisor removes a part of it at the same time.
		while (existsSync(directory)) rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
	});
	return directory;
}
