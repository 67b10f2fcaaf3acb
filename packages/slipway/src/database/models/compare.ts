import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import type { SchemaChange } from './change.ts';
import { type Comparison, openComparison } from './comparison.ts';
import { diffFailed } from './diff-failed.ts';
import { notCompared } from './not-compared.ts';
import type { Schema } from './schema.ts';

/** A temporary, bootstrapped database. */
export interface ShadowDatabase {
	readonly owner: string;
	/** Creates objects as the owner. */
	readonly migrator: Connection;
	/** Reads what the migrator may not. */
	readonly admin: Connection;
}

export interface SchemaDifference {
	readonly up: readonly SchemaChange[];
	readonly down: readonly SchemaChange[];
	/** What differs, or may differ, and is in neither. */
	readonly notCompared: readonly string[];
}

export interface CompareOptions {
	/** Treat a dropped table or column and an added one of the same shape as a rename. Default: true. */
	readonly renames?: boolean;
}

/**
 * The statements that turn the schema of `current` into that of `desired`, and back. Both have been run in
 * `current`, and give the right schema. For that, all rows in `current` and the ledger in both are removed.
 * Throws `diff-failed` if no such statements are found.
 */
export async function compareSchemas(
	current: ShadowDatabase,
	desired: ShadowDatabase,
	{ renames = true }: CompareOptions = {},
): Promise<SchemaDifference> {
	const comparison = await openComparison(current.owner, renames);
	await using currentReader = comparison.read(current.admin);
	await using desiredReader = comparison.read(desired.admin);
	const [before, after] = await Promise.all([currentReader.extract(), desiredReader.extract()]);
	if (before.factBase.rootHash === after.factBase.rootHash)
		return { up: [], down: [], notCompared: notCompared([before, after]) };
	await currentReader.removeRows();
	return await withClient(current.migrator, async (sql) => {
		await sql`SET check_function_bodies = off`;
		const session = { ...comparison, sql, extract: currentReader.extract };
		const up = await transform(session, before, after);
		const down = await transform(session, up.end, before);
		return {
			up: up.changes,
			down: down.changes,
			notCompared: notCompared([up.end, after], [down.end, before]),
		};
	});
}

interface Session extends Pick<Comparison, 'plan' | 'tableRenames'> {
	/** A client logged in as the migrator. */
	readonly sql: Sql;
	readonly extract: () => Promise<Schema>;
}

/**
 * Runs the statements that turn `from` into `to`, and returns them. Tables are renamed first, so that the
 * library sees what else changed in them. Grants come last, because the owner's default privileges provide
 * most of them. Whatever still differs then is planned again, more than once if a revoke on a table also
 * removes grants on its columns.
 */
async function transform(
	{ sql, extract, plan, tableRenames }: Session,
	from: Schema,
	to: Schema,
): Promise<{ readonly changes: readonly SchemaChange[]; readonly end: Schema }> {
	const renames = tableRenames(from, to);
	await apply(sql, renames);
	const planned = plan(renames.length === 0 ? from : await extract(), to);
	const rest = planned.filter(({ sql }) => !/^(GRANT|REVOKE) /.test(sql));
	await apply(sql, rest);
	const changes = [...renames, ...rest];
	for (let attempt = 1; attempt <= 3; attempt++) {
		const end = await extract();
		const remaining = plan(end, to);
		if (remaining.length === 0) return { changes, end };
		await apply(sql, remaining);
		changes.push(...remaining);
	}
	throw diffFailed(`differences remain after: ${changes.at(-1)?.sql}`);
}

async function apply(sql: Sql, changes: readonly SchemaChange[]): Promise<void> {
	for (const change of changes)
		await sql.unsafe(change.sql).catch((cause: Error) => {
			throw diffFailed(`${change.sql}\nfailed: ${cause.message}`, cause);
		});
}
