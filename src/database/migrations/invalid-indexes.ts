import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import type { MigrationStep } from './progress.ts';

/** An index that a CREATE INDEX CONCURRENTLY left behind when it failed or was cut off. */
export interface InvalidIndex {
	readonly name: string;
	readonly table: string;
}

/** The names are quoted where SQL wants that. Nobody says so where the database does not answer. */
export async function invalidIndexes(sql: Sql): Promise<readonly InvalidIndex[]> {
	return await sql<InvalidIndex[]>`
		SELECT indexrelid::regclass::text AS name, indrelid::regclass::text AS "table"
		FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
		WHERE NOT indisvalid AND relkind = 'i' AND NOT EXISTS (
			SELECT FROM pg_catalog.pg_stat_progress_create_index WHERE index_relid = indexrelid
		)
		ORDER BY name`.catch(() => []);
}

/**
 * Throws `invalid-index` where an invalid index has a name that `step` uses and does not remove: with IF NOT EXISTS the
 * migration would pass, and leave it as it is.
 */
export async function refuseInvalidIndexes(sql: Sql, { script, part }: MigrationStep): Promise<void> {
	if (part.inTransaction || part.statements.some(({ text }) => /^(drop|reindex)\b/i.test(text))) return;
	const text = part.statements.map((statement) => statement.text).join('\n');
	const invalid = (await invalidIndexes(sql)).find(({ name }) => text.includes(lastPart(name)));
	if (invalid === undefined) return;
	throw new SlipwayError(
		'invalid-index',
		`${script.file.path} makes the index ${invalid.name} on ${invalid.table}, which is there and INVALID: an earlier try failed or was cut off. Nothing was run`,
		`Remove it and run scripts/migrate again: DROP INDEX CONCURRENTLY ${invalid.name};`,
	);
}

/** Without the schema. */
const lastPart = (name: string) => /(?:"(?:[^"]|"")+"|[^."]+)$/.exec(name)?.[0] ?? name;
