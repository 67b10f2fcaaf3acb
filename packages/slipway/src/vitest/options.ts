import { inject } from 'vitest';
import type { BrokerAddress } from '../server-pool/index.ts';
import { withAbsolutePaths } from '../start-options.ts';
import { checkPostgresOptions, type PostgresOptions } from './check-options.ts';
import type { TestEnvironment } from './plugin-options.ts';
import { testError } from './test-error.ts';
import { vitestVersion } from './vitest-version.ts';

/** What the plugin provides to the workers. */
export interface ProvidedSlipway {
	readonly address: BrokerAddress;
	readonly root: string;
	readonly defaults: PostgresOptions;
	/** Whether the files of a worker share its modules, and migrations do not change between them. */
	readonly keepsModules: boolean;
	/** What is set in the environment of each test file. */
	readonly environment: TestEnvironment | undefined;
}

declare module 'vitest' {
	interface ProvidedContext {
		readonly slipway: ProvidedSlipway | undefined;
	}
}

/**
 * The options of a test file over those of the plugin. Without the plugin, starting a server adds the
 * project's.
 */
export function completeOptions(options: PostgresOptions): PostgresOptions {
	checkPostgresOptions(options);
	const { root = process.cwd(), defaults = {} } = inject('slipway') ?? {};
	return withAbsolutePaths({ ...defaults, ...options }, root);
}

/**
 * Throws `mixed-options` if the tests of a file have been given a server with other options than these. Before vitest
 * 4.1, a fixture of a file is made once for all tests of the file that have one of this name. `inUse`: the options of the file's servers.
 */
export function requireOptions(options: PostgresOptions, inUse: readonly string[]): void {
	if (inUse.length === 0 || inUse.includes(JSON.stringify(completeOptions(options)))) return;
	throw testError(
		'mixed-options',
		`vitest ${vitestVersion} gives all tests of a file the server of the first, which has other options than this test`,
		'Move the tests with other options into a test file of their own, or update to vitest 4.1.',
	);
}

/**
 * The default of the fixture `postgres`. vitest requires a destructuring pattern, to read fixture names from
 * it.
 */
// biome-ignore lint/correctness/noEmptyPattern: see above
export async function noOptions({}: object, use: (options: PostgresOptions) => Promise<void>): Promise<void> {
	await use({});
}
