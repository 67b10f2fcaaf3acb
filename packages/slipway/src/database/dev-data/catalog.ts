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
	/** In bytes; undefined if this login may not see it. */
	readonly size: number | undefined;
}

/** The databases of `project`: that of this name, and those whose note names it. */
export async function listDatabases(sql: Sql, project: string): Promise<readonly DevDatabase[]> {
	const rows = await sql<{ name: string; comment: string | null; size: number | null }[]>`
		SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment,
			CASE WHEN has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid)::float8 END AS size
		FROM pg_database WHERE NOT datistemplate ORDER BY datname`;
	return rows
		.map(({ name, comment, size }) => ({
			name,
			size: size ?? undefined,
			note: undefined,
			...parseNote(comment),
		}))
		.filter(({ name, note }) => note?.project === project || (name === project && note === undefined));
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
