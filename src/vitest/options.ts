import { existsSync } from 'node:fs';
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

/** The options of a module over those of the plugin, with the project's folder `migrations` where nothing else is said. */
export function completeOptions(options: PostgresOptions): PostgresOptions {
	checkPostgresOptions(options);
	const { root = process.cwd(), defaults = {} } = inject('slipway') ?? {};
	const { migrations, seed, snapshots, ...others } = { ...defaults, ...options };
	const folder = resolve(root, migrations ?? 'migrations');
	return {
		...others,
		...((migrations !== undefined || existsSync(folder)) && { migrations: folder }),
		...(snapshots !== undefined && { snapshots: snapshots && resolve(root, snapshots) }),
		...(seed !== undefined && { seed: [seed].flat().map((each) => resolveSeed(root, each)) }),
	};
}

/** The fixture `postgres` of a module that does not say otherwise. vitest wants to see a pattern to read names from. */
// biome-ignore lint/correctness/noEmptyPattern: see above
export async function noOptions({}: object, use: (options: PostgresOptions) => Promise<void>): Promise<void> {
	await use({});
}
