import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../src/postgres/embedded/temporary-folder.ts';

/** A folder of the running test's own, removed when the test has ended. */
export function temporaryDirectory(): string {
	const directory = mkdtempSync(join(temporaryFolder(), 'slipway-test-'));
	onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}
