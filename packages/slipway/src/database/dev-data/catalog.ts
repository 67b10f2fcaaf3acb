import type { Sql } from 'postgres';
import { SlipwayError } from '../../errors.ts';
import { type Note, parseNote } from './note.ts';

/** A database with the data of a project. */
export interface DevDatabase {
	readonly name: string;
	/** Undefined for the database in the settings until branches are used. */
	readonly note: Note | undefined;
	/** A later Slipway wrote the note. */
	readonly isNewer: boolean;
}

/** The databases of `project`: that of this name, and those whose note names it. */
export async function listDatabases(sql: Sql, project: string): Promise<readonly DevDatabase[]> {
	const rows = await sql<{ name: string; comment: string | null }[]>`
		SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment
		FROM pg_database WHERE NOT datistemplate ORDER BY datname`;
	return rows
		.map(({ name, comment }) => ({ name, note: undefined, ...parseNote(comment) }))
		.filter(({ name, note }) => note?.project === project || (name === project && note === undefined));
}

/** In bytes, by name, without those that this login may not see. */
export async function databaseSizes(
	sql: Sql,
	databases: readonly DevDatabase[],
): Promise<ReadonlyMap<string, number>> {
	const rows = await sql<{ name: string; size: number }[]>`
		SELECT datname AS name, pg_database_size(oid)::float8 AS size FROM pg_database
		WHERE datname = ANY (${databases.map(({ name }) => name)}) AND has_database_privilege(oid, 'CONNECT')`;
	return new Map(rows.map(({ name, size }) => [name, size]));
}

/** Refuses what a later Slipway wrote. Throws `dev-data-too-new`. */
export function requireReadable({ name, isNewer }: DevDatabase): void {
	if (!isNewer) return;
	throw new SlipwayError(
		'dev-data-too-new',
		`the database ${JSON.stringify(name)} was written by a newer version of Slipway, and this one cannot read it`,
		'Update slipway in this checkout.',
	);
}
