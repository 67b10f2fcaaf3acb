import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sql, TransactionSql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { runSqlFile } from '../sql-file.ts';
import { listSeeds } from './files.ts';
import { explainCode } from './place.ts';

export interface SeedOptions {
	/** Where the seeds are. */
	readonly directory: string;
	/** Whose seeds run besides those of all. */
	readonly environment: string;
	/** Told the path of each seed that is committed. */
	readonly onSeeded?: (path: string) => void;
}

/** What a seed in TypeScript exports. It runs in a transaction that is committed when the promise is fulfilled. */
type Seed = (sql: TransactionSql) => Promise<unknown>;

/**
 * Runs the seeds of an environment as `app`, each in a transaction of its own, and returns their paths. Throws
 * `seed-failed` at the first that fails; those before it stay.
 */
export async function runSeeds(
	app: Connection,
	{ directory, environment, onSeeded = () => {} }: SeedOptions,
): Promise<readonly string[]> {
	const paths = await listSeeds(directory, environment);
	const done: string[] = [];
	await withClient(app, async (sql) => {
		for (const path of paths) {
			await runSeed(sql, path).catch((error: unknown) => {
				throw seedFailed(path, error, done);
			});
			onSeeded(path);
			done.push(path);
		}
	});
	return done;
}

async function runSeed(sql: Sql, path: string): Promise<void> {
	if (path.endsWith('.sql')) return await runSqlFile(sql, { path, text: await readFile(path, 'utf8') });
	try {
		const seed = await loadSeed(path);
		await sql.begin((transaction) => seed(transaction));
	} catch (error) {
		throw explainCode(error, path);
	}
}

async function loadSeed(path: string): Promise<Seed> {
	const { seed } = (await import(pathToFileURL(resolve(path)).href)) as { seed?: unknown };
	if (typeof seed === 'function') return seed as Seed;
	throw new Error('it exports no function "seed"');
}

function seedFailed(path: string, cause: unknown, done: readonly string[]): unknown {
	if (!(cause instanceof Error) || cause instanceof SlipwayError) return cause;
	const message = cause.message.startsWith(path) ? cause.message : `${path}: ${cause.message}`;
	const before = done.length > 0 ? [`done before it: ${done.join(', ')}`] : [];
	return new SlipwayError(
		'seed-failed',
		[message, 'Its transaction was rolled back.', ...before].join('\n'),
		'Apply the migrations first (scripts/migrate up), or mend the seed. It runs as the app, which may read and write rows.',
		{ cause },
	);
}
