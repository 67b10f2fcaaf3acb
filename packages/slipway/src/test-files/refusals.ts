import type { FileServer } from './file-server.ts';

/** A test that failed, with its errors as its runner will print them. */
export interface FailedTest {
	readonly errors: readonly unknown[];
	/** When it began, in milliseconds since the epoch. */
	readonly since: number;
}

/** Adds to the errors of a failed test which right the app lacked, where the tests log in as the app. */
export async function hintAtRefusals({ role, logins }: FileServer, test: FailedTest): Promise<void> {
	if (role !== 'app') return;
	// Loaded on demand: most tests pass.
	const { hintAtDenials } = await import('../denials/index.ts');
	await hintAtDenials({ ...logins, ...test });
}
