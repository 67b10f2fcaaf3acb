import type { LeakedConnection } from './leaks.ts';
import { testError } from './test-error.ts';

/** What a test's database is checked for. */
export interface CheckRequest {
	/** Whether to look for connections that were left open. */
	readonly leaks: boolean;
	/** Whether to look for changes of the server. Each is found once. */
	readonly changes: boolean;
}

/** What a test has left. */
export interface Findings {
	readonly leaked: readonly LeakedConnection[];
	/** What it changed of all databases on its server: roles, settings or databases. */
	readonly changed: readonly string[];
}

/** `test`: the test, or whatever else changed it. */
export const sharedServerChanged = (test: string, changed: readonly string[]) =>
	testError(
		'shared-server-changed',
		`${test} changed the ${changed.join(' and ')} of a server that it shares with other tests`,
		'Use `test` from slipway/vitest instead: its server belongs to the test file. Other tests do not see the change: they get another server.',
	);
