import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { maxIdentifierBytes } from '../../sql.ts';
import type { MigrationStep } from './progress.ts';
import { firstTokens } from './statements.ts';

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
 * Throws `invalid-index` where an invalid index has the name of one that `step` makes, and removes none: with IF NOT EXISTS the
 * migration would pass, and leave it as it is.
 */
export async function refuseInvalidIndexes(sql: Sql, { part }: MigrationStep): Promise<void> {
	if (part.inTransaction || part.statements.some(({ text }) => /^(drop|reindex)\b/i.test(text))) return;
	const made = new Set(part.statements.flatMap(({ text }) => indexMadeBy(text)));
	if (made.size === 0) return;
	const invalid = (await invalidIndexes(sql)).find(({ name }) => made.has(meaningOf(lastPart(name))));
	if (invalid === undefined) return;
	throw new SlipwayError(
		'invalid-index',
		`${part.file.path} makes the index ${invalid.name} on ${invalid.table}, which is there and INVALID: an earlier try failed or was cut off. Nothing was run`,
		`Remove it and run scripts/migrate again: DROP INDEX CONCURRENTLY ${invalid.name};`,
	);
}

/** None where PostgreSQL finds a name, which is a new one. The schema is that of the table. */
function indexMadeBy(statement: string): string[] {
	const tokens = firstTokens(statement, longestCreation);
	const [keywords] = creation.exec(tokens.join(' ')) ?? [];
	if (keywords === undefined) return [];
	const [name, on] = tokens.slice(keywords.trim().split(' ').length);
	return name === undefined || on?.toLowerCase() !== 'on' ? [] : [meaningOf(name)];
}

const creation = /^create (unique )?index (concurrently )?(if not exists )?/i;

/** CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS name ON */
const longestCreation = 9;

/** Without the schema. */
const lastPart = (name: string) => /(?:"(?:[^"]|"")+"|[^."]+)$/.exec(name)?.[0] ?? name;

/** What PostgreSQL takes a name for: it folds the letters of ASCII, and cuts what is too long. */
function meaningOf(name: string): string {
	const meaning = name.startsWith('"')
		? name.slice(1, -1).replaceAll('""', '"')
		: name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
	return new TextDecoder().decode(Buffer.from(meaning).subarray(0, maxIdentifierBytes), { stream: true });
}
