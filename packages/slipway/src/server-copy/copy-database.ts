import type { Sql } from 'postgres';
import { type Connection, withClient } from '../connection/index.ts';
import { quoteLiteral } from '../sql.ts';
import type { Database } from './databases.ts';
import { copyLargeObjects } from './large-objects.ts';
import { copyRows, type Sessions } from './rows.ts';
import { readSchema, runDump, type Schema } from './schema.ts';
import { readSequences, setSequences } from './sequences.ts';
import { readTables } from './tables.ts';

/** The superuser's logins on both servers. */
export interface Servers {
	readonly from: Connection;
	readonly to: Connection;
	/** The folder whose `.npmrc` applies, should pg_dump have to be downloaded. */
	readonly project: string;
}

export interface Copy {
	readonly schema: Schema;
	/** Applies the database's own settings, which act on new sessions. */
	readonly applySettings: () => Promise<void>;
}

/** Copies a database with everything in it, except for its settings. */
export async function copyDatabase(
	{ from, to, project }: Servers,
	{ name, encoding }: Database,
): Promise<Copy> {
	const schema = await readSchema({ ...from, database: name }, project);
	await withClient(to, async (sql) => await createDatabase(sql, schema.create, name));
	await inBoth({ from, to }, name, async (sessions) => {
		await runDump(sessions.to, schema.beforeRows, name);
		for (const session of [sessions.from, sessions.to]) await prepareSession(session, encoding);
		for (const table of await readTables(sessions.from)) await copyRows(sessions, table);
		await setSequences(sessions.to, await readSequences(sessions.from));
		await copyLargeObjects(sessions);
		await runDump(sessions.to, schema.afterRows, name);
		await sessions.to`ANALYZE`;
	});
	const applySettings = () => withClient(to, (sql) => runDump(sql, schema.settings, name));
	return { schema, applySettings };
}

/** CREATE DATABASE cannot run in a transaction. A new server has some of the databases already. */
async function createDatabase(sql: Sql, dump: string, name: string): Promise<void> {
	const [{ exists }] = await sql<[{ exists: boolean }]>`
		SELECT EXISTS (SELECT FROM pg_database WHERE datname = ${name}) AS exists`;
	const statement = /^CREATE DATABASE [^;]*;$/m;
	if (!exists) await sql.unsafe(statement.exec(dump)?.[0] ?? '');
	await runDump(sql, dump.replace(statement, ''), name);
}

export async function inBoth<T>(
	{ from, to }: Pick<Servers, 'from' | 'to'>,
	database: string,
	use: (sessions: Sessions) => Promise<T>,
): Promise<T> {
	return await withClient({ ...from, database }, (source) =>
		withClient({ ...to, database }, (target) => use({ from: source, to: target })),
	);
}

/** Makes both sessions read and write the same text for the same value, and names mean the same. */
export async function prepareSession(sql: Sql, encoding: string): Promise<void> {
	await sql.unsafe(`
		SET client_encoding = ${quoteLiteral(encoding)};
		SET search_path = '';
		SET DateStyle = ISO;
		SET IntervalStyle = postgres;
		SET TimeZone = UTC;
		SET extra_float_digits = 1;
		SET bytea_output = hex;
		SET xmloption = content;
		SET row_security = off;
		SET statement_timeout = 0;
		SET lock_timeout = 0`);
}
