import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { runSqlFile } from '../sql-file.ts';
import { runModule } from './module.ts';
import type { Seed } from './read.ts';

export interface SeedOptions {
	/** Called with the name of each seed once it is committed. */
	readonly onSeeded?: (name: string) => void;
}

/**
 * Runs `seeds` in order, with the privileges of `login`, each in its own transaction. Throws `seed-failed` at
 * the first that fails; those before it stay committed.
 */
export async function runSeeds(
	login: Connection,
	seeds: readonly Seed[],
	{ onSeeded = () => {} }: SeedOptions = {},
): Promise<void> {
	if (seeds.length === 0) return;
	const done: string[] = [];
	await withClient(login, async (sql) => {
		for (const seed of seeds) {
			await runSeed(sql, seed).catch((error: unknown) => {
				throw seedFailed(seed, error, done, login);
			});
			onSeeded(seed.name);
			done.push(seed.name);
		}
	});
}

async function runSeed(sql: Sql, seed: Seed): Promise<void> {
	if ('text' in seed) await runSqlFile(sql, { path: seed.name, text: seed.text });
	else await runModule(sql, seed.name);
}

function seedFailed(
	{ name }: Seed,
	cause: unknown,
	done: readonly string[],
	{ username }: Connection,
): unknown {
	if (!(cause instanceof Error) || cause instanceof SlipwayError) return cause;
	const message = cause.message.startsWith(name) ? cause.message : `${name}: ${cause.message}`;
	const before = done.length > 0 ? [`run before: ${done.join(', ')}`] : [];
	return new SlipwayError(
		'seed-failed',
		[message, 'Its transaction was rolled back.', ...before].join('\n'),
		`Fix the seed, or first apply the migrations that it needs. It runs as "${username}", with the privileges of that role.`,
		{ cause },
	);
}
