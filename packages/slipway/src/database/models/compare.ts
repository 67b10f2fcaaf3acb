import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import type { SchemaChange } from './change.ts';
import { type Comparison, openComparison } from './comparison.ts';
import { diffFailed } from './diff-failed.ts';
import { notCompared } from './not-compared.ts';
import type { Schema } from './schema.ts';

/** A database that is thrown away afterwards, bootstrapped. */
export interface ShadowDatabase {
	readonly owner: string;
	/** Makes objects as the owner. */
	readonly migrator: Connection;
	/** Reads what the migrator may not. */
	readonly admin: Connection;
}

export interface SchemaDifference {
	readonly up: readonly SchemaChange[];
	readonly down: readonly SchemaChange[];
	/** What differs or may differ and is in neither. */
	readonly notCompared: readonly string[];
}

export interface CompareOptions {
	/** Read a table or column that went and one of the same shape that came as one that got another name; true unless told. */
	readonly renames?: boolean;
}

/**
 * What leads from the schema of `current` to that of `desired` and back. Both ways have been taken in `current`, whose rows
 * are removed for that, and lead where they should. The ledger is removed from both. Throws `diff-failed` where the comparison
 * finds no such way.
 */
export async function compareSchemas(
	current: ShadowDatabase,
	desired: ShadowDatabase,
	{ renames = true }: CompareOptions = {},
): Promise<SchemaDifference> {
	const comparison = await openComparison(current.owner, renames);
	await using here = comparison.read(current.admin);
	await using there = comparison.read(desired.admin);
	const [before, after] = await Promise.all([here.extract(), there.extract()]);
	if (before.factBase.rootHash === after.factBase.rootHash)
		return { up: [], down: [], notCompared: notCompared([before, after]) };
	await here.removeRows();
	return await withClient(current.migrator, async (sql) => {
		await sql`SET check_function_bodies = off`;
		const walk = { ...comparison, sql, extract: here.extract };
		const up = await takeWay(walk, before, after);
		const down = await takeWay(walk, up.end, before);
		return {
			up: up.changes,
			down: down.changes,
			notCompared: notCompared([up.end, after], [down.end, before]),
		};
	});
}

interface Walk extends Pick<Comparison, 'plan' | 'tableRenames'> {
	/** A session of the migrator's. */
	readonly sql: Sql;
	readonly extract: () => Promise<Schema>;
}

/**
 * Tables get their new names first, so that the library sees what else is new of them. Grants come last: the owner's
 * default privileges give most of them. What is left then is said, twice where that of a table takes away those of its
 * columns.
 */
async function takeWay(
	{ sql, extract, plan, tableRenames }: Walk,
	from: Schema,
	to: Schema,
): Promise<{ readonly changes: readonly SchemaChange[]; readonly end: Schema }> {
	const renames = tableRenames(from, to);
	await apply(sql, renames);
	const first = plan(renames.length === 0 ? from : await extract(), to);
	const rest = first.filter(({ sql }) => !/^(GRANT|REVOKE) /.test(sql));
	await apply(sql, rest);
	const changes = [...renames, ...rest];
	for (let turn = 1; turn <= 3; turn++) {
		const end = await extract();
		const left = plan(end, to);
		if (left.length === 0) return { changes, end };
		await apply(sql, left);
		changes.push(...left);
	}
	throw diffFailed(`it does not come to an end with: ${changes.at(-1)?.sql}`);
}

async function apply(sql: Sql, changes: readonly SchemaChange[]): Promise<void> {
	for (const change of changes)
		await sql.unsafe(change.sql).catch((cause: Error) => {
			throw diffFailed(`${change.sql}\nends in: ${cause.message}`, cause);
		});
}
