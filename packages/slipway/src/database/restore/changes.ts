import type { Sql } from 'postgres';

/** A point in the life of a database. */
export interface Mark {
	readonly oid: number;
	/** The end of the write-ahead log. */
	readonly position: string;
	/** A hash of what the catalogs that all databases share contain about this one. */
	readonly shared: string;
}

/** What happened to a database between two marks. */
export interface Changes {
	readonly now: Mark;
	/** The files with changes to rows or sequences, of catalogs too. */
	readonly files: readonly number[];
}

/** Reading more of the log takes longer than creating another clone. */
const maxLog = 32 * 1024 * 1024;

/** Resource managers of indexes. An index changes with its table, or is only tidied up. */
const indexes = ['Btree', 'Hash', 'Gin', 'Gist', 'SPGist', 'BRIN'];

/**
 * Records that change no row: cleaning up, locks of rows, and pages that are logged because of hints. Any other record,
 * also one that does not exist yet, counts as a change.
 */
const neutral = [
	...['Heap LOCK', 'Heap2 LOCK_UPDATED', 'XLOG FPI_FOR_HINT', 'Heap2 VISIBLE', 'Heap2 FREEZE_PAGE'],
	...[
		'Heap2 PRUNE',
		'Heap2 PRUNE_ON_ACCESS',
		'Heap2 PRUNE_VACUUM_SCAN',
		'Heap2 PRUNE_VACUUM_CLEANUP',
		'Heap2 VACUUM',
	],
];

/** Frozen transaction IDs say nothing about the contents. */
const sharedState = `md5(concat(
	to_jsonb(pg_database) - '{datname,datfrozenxid,datminmxid}'::text[],
	(SELECT jsonb_agg(setting ORDER BY setrole) FROM pg_db_role_setting AS setting WHERE setdatabase = pg_database.oid),
	(SELECT jsonb_agg(comment) FROM pg_shdescription AS comment
		WHERE classoid = 'pg_database'::regclass AND objoid = pg_database.oid),
	(SELECT jsonb_agg(label ORDER BY provider) FROM pg_shseclabel AS label
		WHERE classoid = 'pg_database'::regclass AND objoid = pg_database.oid),
	(SELECT jsonb_agg(slot_name ORDER BY slot_name) FROM pg_replication_slots WHERE datoid = pg_database.oid),
	(SELECT jsonb_agg(subname ORDER BY subname) FROM pg_subscription WHERE subdbid = pg_database.oid)))`;

/** Whether the log can be read, from PostgreSQL 16 on. `superuser`: of the database that the other functions are called in. */
export async function canFindChanges(superuser: Sql): Promise<boolean> {
	await superuser`CREATE EXTENSION IF NOT EXISTS pg_walinspect`;
	const [row] = await superuser<[{ exists: boolean }]>`
		SELECT to_regproc('pg_get_wal_block_info') IS NOT NULL AS exists`;
	return row.exists;
}

/** Undefined if there is no such database. */
export async function readMark(superuser: Sql, database: string): Promise<Mark | undefined> {
	const [mark] = await superuser.unsafe<Mark[]>(
		`SELECT oid, pg_current_wal_insert_lsn()::text AS position, ${sharedState} AS shared
		FROM pg_database WHERE datname = $1`,
		[database],
	);
	return mark;
}

/**
 * What the write-ahead log contains about the database since `mark`. All that was logged before has to be written already.
 * Undefined if that is too much. The log contains every change, except those of unlogged tables.
 */
export async function findChanges(superuser: Sql, { oid, position }: Mark): Promise<Changes | undefined> {
	const [row] = await superuser.unsafe<{ position: string; shared: string; files: number[] }[]>(
		`SELECT log.position::text, ${sharedState} AS shared, ARRAY(
			SELECT DISTINCT relfilenode FROM pg_get_wal_block_info($2, log.position, false)
			WHERE reldatabase = $1 AND relforknumber = 0 AND resource_manager <> ALL ($3)
				AND concat(resource_manager, ' ', record_type) <> ALL ($4)) AS files
		FROM pg_database, (SELECT pg_current_wal_flush_lsn() AS position) AS log
		WHERE pg_database.oid = $1 AND log.position - $2 < ${maxLog}`,
		[oid, position, indexes, neutral],
		{ prepare: true },
	);
	return row && { now: { oid, position: row.position, shared: row.shared }, files: row.files };
}
