import type { Sql } from 'postgres';
import { type Connection, withClient } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import type { Servers } from './copy-database.ts';
import { readDatabases } from './databases.ts';

/** Throws `not-movable`, listing all that no other server can take over from `from`. Changes nothing. */
export async function checkServer(from: Connection): Promise<void> {
	throwNotMovable(await withClient(from, serverProblems));
}

/** Throws `not-movable`, listing the extensions that `to` lacks. All databases of `from` accept connections. */
export async function checkExtensions({ from, to }: Pick<Servers, 'from' | 'to'>): Promise<void> {
	throwNotMovable(await missingExtensions(from, to));
}

function throwNotMovable(problems: readonly Problem[]): void {
	if (problems.length === 0) return;
	throw new SlipwayError(
		'not-movable',
		`the data cannot be moved to another version of PostgreSQL: ${problems.map(({ problem }) => problem).join('; ')}`,
		problems.map(({ fix }) => fix).join('\n'),
	);
}

interface Problem {
	readonly problem: string;
	readonly fix: string;
}

async function serverProblems(sql: Sql): Promise<Problem[]> {
	return [
		...(await sql<Problem[]>`
			SELECT format('the prepared transaction %L is open in the database "%s"', gid, database) AS problem,
				format('End it with the old version: ROLLBACK PREPARED %L', gid) AS fix FROM pg_prepared_xacts`),
		...(await sql<Problem[]>`
			SELECT format('the tablespace "%s" is outside of the data directory', spcname) AS problem,
				'Move its tables with the old version: ALTER TABLE … SET TABLESPACE pg_default' AS fix
			FROM pg_tablespace WHERE spcname !~ '^pg_'`),
		...(await sql<Problem[]>`
			SELECT format('an interrupted DROP DATABASE has left "%s"', datname) AS problem,
				format('Drop it with the old version: DROP DATABASE %I', datname) AS fix
			FROM pg_database WHERE datconnlimit = -2`),
		...(await sql<Problem[]>`
			SELECT format('the replication slot "%s" cannot be moved', slot_name) AS problem,
				format('Stop its consumer, and drop it with the old version: SELECT pg_drop_replication_slot(%L)', slot_name) AS fix
			FROM pg_replication_slots`),
	];
}

async function missingExtensions(from: Connection, to: Connection): Promise<Problem[]> {
	const available = await withClient(
		to,
		(sql) => sql<{ name: string }[]>`SELECT name FROM pg_available_extensions`,
	);
	const problems: Problem[] = [];
	for (const { name: database } of await withClient(from, readDatabases)) {
		const used = await withClient(
			{ ...from, database },
			(sql) => sql<{ name: string }[]>`SELECT extname AS name FROM pg_extension ORDER BY 1`,
		);
		for (const { name } of used)
			if (!available.some((each) => each.name === name))
				problems.push({
					problem: `the new server lacks the extension "${name}", which the database "${database}" uses`,
					fix: 'Use an image that has it (POSTGRES_IMAGE), or drop it with the old version: DROP EXTENSION',
				});
	}
	return problems;
}
