import { createRequire } from 'node:module';
import { testError } from './test-error.ts';

/** The oldest with fixtures of a test file. */
const oldest = [3, 2] as const;

export const vitestVersion = (createRequire(import.meta.url)('vitest/package.json') as { version: string })
	.version;

/** Throws `old-vitest`. Without this, the first missing function would be the message. */
export function checkVitestVersion(): void {
	const [major = 0, minor = 0] = vitestVersion.split('.').map(Number);
	if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
	throw testError(
		'old-vitest',
		`slipway works with vitest ${oldest.join('.')} and later, and this is vitest ${vitestVersion}`,
		'Update it: npm install --save-dev vitest@latest',
	);
}
