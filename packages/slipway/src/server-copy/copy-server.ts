import { withClient } from '../connection/index.ts';
import { applySettings, createRoles } from './apply-globals.ts';
import { checkExtensions, checkServer } from './check.ts';
import { closeDatabases, openClosedDatabases } from './closed-databases.ts';
import { type CopiedDatabase, compareDatabase, compareGlobals } from './compare.ts';
import { copyDatabase, type Servers } from './copy-database.ts';
import { readDatabases } from './databases.ts';
import { readGlobals } from './globals.ts';

export interface CopyOptions extends Servers {
	readonly report: (line: string) => void;
}

/**
 * Copies everything of one server to a new one, of the same or a later version: roles, databases with everything in them,
 * and settings. Then compares both. Nobody else may use them meanwhile.
 *
 * Throws `not-movable`, `object-not-copied`, `copy-differs`, `dump-failed` and `no-binaries`.
 */
export async function copyServer(options: CopyOptions): Promise<readonly CopiedDatabase[]> {
	const { from, to, report } = options;
	// First: a database that an interrupted DROP DATABASE has left cannot be opened.
	await checkServer(from);
	await using opened = await openClosedDatabases(from);
	await checkExtensions(options);
	const globals = await withClient(from, readGlobals);
	await withClient(to, (sql) => createRoles(sql, globals));
	const databases = await withClient(from, readDatabases);
	const copies = [];
	for (const database of databases) {
		report(`copying the database "${database.name}"`);
		copies.push({ database, ...(await copyDatabase(options, database)) });
	}
	for (const { applySettings: apply } of copies) await apply();
	await withClient(to, (sql) => applySettings(sql, globals));
	report('comparing roles, grants, sequences and the checksums of all tables');
	await compareGlobals(globals, to);
	const compared = [];
	for (const { database, schema } of copies) compared.push(await compareDatabase(options, database, schema));
	await withClient(to, (sql) => closeDatabases(sql, opened.names));
	return compared;
}
