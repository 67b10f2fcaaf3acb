import { readFile } from 'node:fs/promises';
import type { PostgresError } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { indexOfCharacter, locate } from '../migrations/location.ts';

/** Rows to begin with, as SQL. */
export interface Seed {
	/** What messages call it: its file, or `seed 1`. */
	readonly name: string;
	readonly text: string;
}

/** Reads what a caller gave: what ends in `.sql` is a file, and everything else is SQL. Throws `no-seed-file`. */
export async function readSeeds(given: string | readonly string[] = []): Promise<readonly Seed[]> {
	return await Promise.all([given].flat().map((each, index) => readSeed(each, index)));
}

async function readSeed(given: string, index: number): Promise<Seed> {
	if (!given.endsWith('.sql')) return { name: `seed ${index + 1}`, text: given };
	const text = await readFile(given, 'utf8').catch((error: Error) => {
		throw new SlipwayError(
			'no-seed-file',
			`the seed ${given} cannot be read: ${error.message}`,
			'Name a file with SQL, from the folder in which this runs or as an absolute path.',
			{ cause: error },
		);
	});
	return { name: given, text };
}

/**
 * Runs the seeds as the migrator, who may write to every table, each in a transaction. Throws `seed-failed` with the
 * place in the SQL.
 */
export async function applySeeds(migrator: Connection, seeds: readonly Seed[]): Promise<void> {
	if (seeds.length === 0) return;
	await withClient(migrator, async (sql) => {
		for (const seed of seeds) {
			await sql.unsafe(seed.text).catch((error: PostgresError) => {
				throw explain(error, seed);
			});
		}
	});
}

function explain(error: PostgresError, { name, text }: Seed): SlipwayError {
	const { line, column } = locate(text, indexOfCharacter(text, Number(error.position ?? 1)));
	const place = error.position === undefined ? name : `${name}:${line}:${column}`;
	return new SlipwayError(
		'seed-failed',
		[`${place}: ${error.message}`, ...(error.detail ? [`  detail: ${error.detail}`] : [])].join('\n'),
		'Mend the seed; it runs as the migrator after the migrations.',
		{ cause: error },
	);
}
