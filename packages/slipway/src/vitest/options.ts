import { resolve } from 'node:path';
import { inject } from 'vitest';
import { resolveMigrations } from '../config/index.ts';
import type { BrokerAddress } from '../server-pool/index.ts';
import { checkPostgresOptions, type PostgresOptions, resolveSeed } from './check-options.ts';
import type { TestEnvironment } from './plugin-options.ts';

/** What the plugin provides to the workers. */
export interface ProvidedSlipway {
	readonly address: BrokerAddress;
	readonly root: string;
	readonly defaults: PostgresOptions;
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
	const { migrations, seed, snapshots, ...others } = { ...defaults, ...options };
	return {
		...others,
		...(migrations !== undefined && { migrations: migrations && resolveMigrations(root, migrations) }),
		...(snapshots !== undefined && { snapshots: snapshots && resolve(root, snapshots) }),
		...(seed !== undefined && { seed: [seed].flat().map((each) => resolveSeed(root, each)) }),
	};
}

/**
 * The default of the fixture `postgres`. vitest requires a destructuring pattern, to read fixture names from
 * it.
 */
// biome-ignore lint/correctness/noEmptyPattern: see above
export async function noOptions({}: object, use: (options: PostgresOptions) => Promise<void>): Promise<void> {
	await use({});
}
