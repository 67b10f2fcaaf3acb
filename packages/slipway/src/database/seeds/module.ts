import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sql, TransactionSql } from 'postgres';
import { learnArrays } from '../../connection/index.ts';
import { transactWithFreshSettings } from '../fresh-transaction.ts';
import { excerpt } from '../migrations/excerpt.ts';
import { placeInStack } from '../place-in-stack.ts';

/** What a TypeScript seed exports. Its transaction is committed when the promise resolves. */
type SeedFunction = (sql: TransactionSql) => Promise<unknown>;

/**
 * Runs the module's `seed(sql)` in a transaction. Throws an `Error` with file, line, column and statement, if
 * known.
 */
export async function runModule(sql: Sql, path: string): Promise<void> {
	try {
		const seed = await loadFunction(path);
		await learnArrays(sql);
		await transactWithFreshSettings(sql, seed);
	} catch (error) {
		throw explain(error, path);
	}
}

async function loadFunction(path: string): Promise<SeedFunction> {
	const { seed } = (await import(pathToFileURL(resolve(path)).href)) as { seed?: unknown };
	if (typeof seed === 'function') return seed as SeedFunction;
	throw new Error('it does not export a function "seed"');
}

function explain(error: unknown, path: string): Error {
	if (!(error instanceof Error)) return new Error(`${path}: ${String(error)}`);
	const { query } = error as { query?: string };
	const statement = query === undefined ? '' : `\n  in: ${excerpt(query.trim().replaceAll(/\s+/g, ' '))}`;
	return new Error(`${path}${placeInStack(error, path)}: ${error.message}${statement}`, { cause: error });
}
