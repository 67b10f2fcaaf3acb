import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { maxIdentifierBytes } from '../../sql.ts';
import type { MigrationStep } from './progress.ts';
import { firstTokens } from './statements.ts';

/** An index that CREATE INDEX CONCURRENTLY left behind when it failed or was interrupted. */
export interface InvalidIndex {
	readonly name: string;
	readonly table: string;
}

/** Names are quoted as SQL needs. Returns none if the database does not answer. */
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
 * Throws `invalid-index` if an invalid index has the name of one that `step` creates and does not drop first:
 * with IF NOT EXISTS, the migration would succeed and leave the index invalid.
 */
export async function refuseInvalidIndexes(sql: Sql, { part }: MigrationStep): Promise<void> {
	if (part.inTransaction || part.statements.some(({ text }) => /^(drop|reindex)\b/i.test(text))) return;
	const created = new Set(part.statements.flatMap(({ text }) => indexCreatedBy(text)));
	if (created.size === 0) return;
	const invalid = (await invalidIndexes(sql)).find(({ name }) => created.has(normalize(lastPart(name))));
	if (invalid === undefined) return;
	throw new SlipwayError(
		'invalid-index',
		`${part.file.path} creates the index ${invalid.name} on ${invalid.table}, which exists but is INVALID: an earlier attempt failed or was interrupted. Nothing was run`,
		`Drop it, then run npx slipway migrate up again: DROP INDEX CONCURRENTLY ${invalid.name};`,
	);
}

/**
 * Empty if the statement names no index, because PostgreSQL then picks an unused name. The schema is the
 * table's.
 */
function indexCreatedBy(statement: string): string[] {
	const tokens = firstTokens(statement, maxCreationTokens);
	const [keywords] = creation.exec(tokens.join(' ')) ?? [];
	if (keywords === undefined) return [];
	const [name, on] = tokens.slice(keywords.trim().split(' ').length);
	return name === undefined || on?.toLowerCase() !== 'on' ? [] : [normalize(name)];
}

const creation = /^create (unique )?index (concurrently )?(if not exists )?/i;

/** CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS name ON */
const maxCreationTokens = 9;

/** Without the schema. */
const lastPart = (name: string) => /(?:"(?:[^"]|"")+"|[^."]+)$/.exec(name)?.[0] ?? name;

/** The name that PostgreSQL uses: ASCII letters folded to lower case, and truncated. */
function normalize(name: string): string {
	const normalized = name.startsWith('"')
		? name.slice(1, -1).replaceAll('""', '"')
		: name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
	return new TextDecoder().decode(Buffer.from(normalized).subarray(0, maxIdentifierBytes), { stream: true });
}
