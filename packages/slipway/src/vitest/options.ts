import { resolve } from 'node:path';
import { inject } from 'vitest';
import type { BrokerAddress } from '../standby/index.ts';
import { checkPostgresOptions, type PostgresOptions, resolveSeed } from './check-options.ts';

/** What the plugin tells the workers. */
export interface ProvidedSlipway {
	readonly address: BrokerAddress;
	readonly root: string;
	readonly defaults: PostgresOptions;
}

declare module 'vitest' {
	interface ProvidedContext {
		readonly slipway: ProvidedSlipway | undefined;
	}
}

/** The options of a test file over those of the plugin. Without the plugin the project's are added when a server is started. */
export function completeOptions(options: PostgresOptions): PostgresOptions {
	checkPostgresOptions(options);
	const { root = process.cwd(), defaults = {} } = inject('slipway') ?? {};
	const { migrations, seed, snapshots, ...others } = { ...defaults, ...options };
	return {
		...others,
		...(migrations !== undefined && { migrations: migrations && resolve(root, migrations) }),
		...(snapshots !== undefined && { snapshots: snapshots && resolve(root, snapshots) }),
		...(seed !== undefined && { seed: [seed].flat().map((each) => resolveSeed(root, each)) }),
	};
}

/** The fixture `postgres` of a module that does not say otherwise. vitest wants to see a pattern to read names from. */
// biome-ignore lint/correctness/noEmptyPattern: see above
export async function noOptions({}: object, use: (options: PostgresOptions) => Promise<void>): Promise<void> {
	await use({});
}
