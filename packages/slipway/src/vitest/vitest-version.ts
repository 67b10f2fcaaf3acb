import { createRequire } from 'node:module';
import { testError } from './test-error.ts';

export const vitestVersion = (createRequire(import.meta.url)('vitest/package.json') as { version: string })
	.version;

const [major = 0, minor = 0] = vitestVersion.split('.').map(Number);
const isSince = (oldestMajor: number, oldestMinor: number) =>
	major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);

/** Before 4.1, a fixture of a file is made once for all tests of the file, and uses those that it was defined with. */
export const keepsFileFixtures = !isSince(4, 1);

/** Throws `old-vitest` before 3.2, which brought fixtures of a file. Otherwise a missing function would be the message. */
export function checkVitestVersion(): void {
	if (isSince(3, 2)) return;
	throw testError(
		'old-vitest',
		`slipway works with vitest 3.2 and later, and this is vitest ${vitestVersion}`,
		'Update it: npm install --save-dev vitest@latest',
	);
}
