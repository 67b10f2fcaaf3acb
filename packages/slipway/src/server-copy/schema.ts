import type { Sql } from 'postgres';
import { type Connection, withClient } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { pgDump } from './pg-dump/index.ts';

/** A database's definition, as SQL in the order in which it has to run. */
export interface Schema {
	/** Creates the database, with its owner, grants and comment. */
	readonly create: string;
	/** What rows need: types, functions, tables, and the grants on all objects. */
	readonly beforeRows: string;
	/** Indexes, constraints, triggers, contents of materialized views. */
	readonly afterRows: string;
	/** `ALTER DATABASE … SET`, for new sessions. */
	readonly settings: string;
}

export async function readSchema(connection: Connection, project: string): Promise<Schema> {
	const dump = (section: string) => pgDump(connection, ['--create', `--section=${section}`], project);
	const isPristine = await withClient(connection, hasNoObjects);
	const [before, after] = await Promise.all([dump('pre-data'), isPristine ? '' : dump('post-data')]);
	const [create = '', ...rest] = splitAtConnect(before);
	return {
		create,
		settings: rest.length > 1 ? (rest[0] ?? '') : '',
		beforeRows: rest.at(-1) ?? '',
		afterRows: splitAtConnect(after).at(-1) ?? '',
	};
}

/** Whether nothing has been created in the database, as in postgres and template1: a dump takes a while. */
async function hasNoObjects(sql: Sql): Promise<boolean> {
	const catalogs = [
		'pg_class',
		'pg_proc',
		'pg_publication',
		'pg_event_trigger',
		'pg_namespace',
		'pg_operator',
	];
	const all = catalogs.map((name) => `SELECT FROM ${name} WHERE oid >= ${firstUserOid}`).join(' UNION ALL ');
	const [{ exists }] = await sql.unsafe<[{ exists: boolean }]>(`SELECT EXISTS (${all}) AS exists`);
	return !exists;
}

/** PostgreSQL's FirstNormalObjectId. */
const firstUserOid = 16384;

/**
 * pg_dump writes a line for psql to connect to the database after it was created, and again after its settings. No line
 * of an object's definition is before them, so a later one that looks the same is part of a definition.
 */
function splitAtConnect(dump: string): string[] {
	const line = /^\\connect .*$/m;
	const [create = '', rest = ''] = splitOnce(dump, line);
	const hasSettings = /^-- Name: .*; Type: DATABASE PROPERTIES; Schema: -;/m.test(
		rest.slice(0, rest.search(line)),
	);
	return hasSettings ? [create, ...splitOnce(rest, line)] : [create, rest];
}

function splitOnce(text: string, separator: RegExp): string[] {
	const match = separator.exec(text);
	return match === null ? [text] : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

/** Runs a part of a dump as one transaction. Throws `object-not-copied`. */
export async function runDump(sql: Sql, text: string, database: string): Promise<void> {
	// In the preamble of pg_dump, but unknown before PostgreSQL 17.
	const script = text.replace(/^SET transaction_timeout = 0;$/m, '');
	await sql
		.unsafe(script)
		.simple()
		.catch((error: Error & { readonly position?: string }) => {
			throw notCopied(database, script, error);
		});
}

function notCopied(
	database: string,
	text: string,
	error: Error & { readonly position?: string },
): SlipwayError {
	const position = Number(error.position ?? 0);
	const line = text.slice(text.lastIndexOf('\n', position) + 1).split('\n', 1)[0];
	return new SlipwayError(
		'object-not-copied',
		`the new version of PostgreSQL refuses what is in the database "${database}": ${error.message}${position > 0 ? ` in "${line}"` : ''}`,
		'Change or drop that object with the old version, then try again. The old data is unchanged.',
		{ cause: error },
	);
}
