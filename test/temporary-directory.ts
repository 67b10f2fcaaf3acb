import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of the running test's own, removed when the test has ended. */
export function temporaryDirectory(): string {
	const directory = mkdtempSync(join(tmpdir(), 'slipway-test-'));
	onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}
