import type { Sql } from 'postgres';
import { quoteLiteral } from '../../sql.ts';
import { firstNormalObjectId, type Relation } from './relations.ts';
import { setSequences } from './sequences.ts';
import { hashOf, type Table } from './table.ts';
import type { Touched } from './touched.ts';

/** The state of a database right after `undo`. */
export interface Undone {
	/** The end of the write-ahead log. */
	readonly position: string;
	/** The tables and what comes with them, by the numbers of their new files. */
	readonly relations: ReadonlyMap<number, Relation>;
}

/**
 * Makes tables and sequences as they are in the template. Undefined if the rows of a table differ nevertheless, or if
 * something else changed: what fills a table may call functions. `sql`: a superuser's client of the database,
 * with one connection.
 */
export async function undo(sql: Sql, touched: Touched): Promise<Undone | undefined> {
	const results = await sql.unsafe(`
		BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
		${statements(touched).join(';\n')};
		${readOutcome(touched)};
		COMMIT;
		SELECT pg_current_wal_insert_lsn()::text AS position`);
	// postgres.js does not return one result for each of several statements.
	const outcome: Outcome = Object.assign({}, ...results.flat());
	const { position, hashes, files, others } = outcome;
	const expected = filled(touched.tables).map(({ rows }) => rows.hash);
	if (others > 0 || !expected.every((hash, index) => hash === hashes[index])) return undefined;
	return { position, relations: relationsOf(touched, new Map(files)) };
}

interface Outcome extends Pick<Undone, 'position'> {
	readonly hashes: readonly string[];
	/** JSON has the OIDs as strings. */
	readonly files: readonly (readonly [oid: string, file: number])[];
	/** How many tables and sequences changed that should not. */
	readonly others: number;
}

const filled = (tables: readonly Table[]) =>
	tables.flatMap(({ rows, ...table }) => (rows === undefined ? [] : [{ ...table, rows }]));

function relationsOf({ tables }: Touched, files: ReadonlyMap<string, number>): Map<number, Relation> {
	const all = tables.flatMap(({ oid, catalog }) =>
		catalog.map((part): [number, Relation] => {
			const kind = part.relkind === 'i' ? 'index' : 'table';
			return [files.get(part.oid) ?? 0, { kind, oid }];
		}),
	);
	return new Map(all);
}

function statements({ tables, sequences }: Touched): readonly string[] {
	if (tables.length === 0) return [setSequences(sequences)];
	return [
		'SET LOCAL allow_system_table_mods = on',
		withoutActions(tables),
		// Leaves files like those of a clone. After DELETE, the places of later rows would depend on autovacuum.
		`TRUNCATE ONLY ${tables.map(({ name }) => name).join(', ')}`,
		...fill(tables),
		...(sequences.length > 0 ? [setSequences(sequences)] : []),
		restoreCatalog(tables),
	];
}

/** For the transaction, the tables are without triggers, foreign keys in both directions, and rules. */
function withoutActions(tables: readonly Table[]): string {
	return `UPDATE pg_class SET relhastriggers = false, relhasrules = false
		WHERE oid IN (${tables.map(({ oid }) => oid).join(', ')}) AND (relhastriggers OR relhasrules)`;
}

const fill = (tables: readonly Table[]) =>
	filled(tables).map(
		({ name, rows }) => `COPY ${name} (${rows.columns}) FROM ${quoteLiteral(rows.file)} WITH (FORMAT binary)`,
	);

/** What TRUNCATE and `withoutActions` change in `pg_class`: the planner's statistics are part of the template, too. */
function restoreCatalog(tables: readonly Table[]): string {
	const rows = tables.flatMap(({ catalog }) => catalog);
	// Older versions of PostgreSQL do not have all of them.
	const columns = [
		'relpages',
		'reltuples',
		'relallvisible',
		'relallfrozen',
		'relhastriggers',
		'relhasrules',
	].filter((column) => rows[0] !== undefined && column in rows[0]);
	const old = rows.map((row) => Object.fromEntries(['oid', ...columns].map((name) => [name, row[name]])));
	const list = (name: string) => columns.map((column) => `${name}.${column}`).join(', ');
	return `UPDATE pg_class SET (${columns.join(', ')}) = ROW (${list('old')})
		FROM jsonb_populate_recordset(NULL::pg_class, ${quoteLiteral(JSON.stringify(old))}) AS old
		WHERE pg_class.oid = old.oid AND (${list('pg_class')}) IS DISTINCT FROM (${list('old')})`;
}

/** Whatever changes a table or a sequence holds a lock on it until the transaction ends. */
function readOutcome({ tables, sequences }: Touched): string {
	const parts = tables.flatMap(({ catalog }) => catalog.map(({ oid }) => oid));
	const known = [...parts, ...sequences.map(({ oid }) => oid)];
	const empty = tables.filter(({ rows }) => rows === undefined).map(({ oid }) => oid);
	const hashes = filled(tables).map(({ name }) => `(${hashOf(name)})`);
	return `SELECT ARRAY[${hashes.join(', ')}]::text[] AS hashes, (
			SELECT coalesce(jsonb_agg(jsonb_build_array(oid, pg_relation_filenode(oid)::bigint)), '[]')
			FROM unnest('{${parts.join(',')}}'::oid[]) AS oid) AS files, (
			SELECT count(*)::int FROM pg_locks
			WHERE pid = pg_backend_pid() AND locktype = 'relation' AND mode = 'RowExclusiveLock'
				AND relation >= ${firstNormalObjectId} AND relation <> ALL ('{${known.join(',')}}')) + (
			SELECT count(*)::int FROM unnest('{${empty.join(',')}}'::oid[]) AS oid WHERE pg_relation_size(oid) > 0) AS others`;
}
