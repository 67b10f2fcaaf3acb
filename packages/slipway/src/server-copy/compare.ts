import { type Connection, withClient } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { type Facts, readContents } from './checksums.ts';
import { inBoth, prepareSession, type Servers } from './copy-database.ts';
import type { Database } from './databases.ts';
import { type Globals, readGlobals } from './globals.ts';
import { readSchema, type Schema } from './schema.ts';

/** A database that was copied and compared. */
export interface CopiedDatabase {
	readonly name: string;
	readonly tables: number;
	readonly rows: number;
}

/** Throws `copy-differs` unless everything in `database` is the same on both servers. `schema`: that of the first. */
export async function compareDatabase(
	servers: Servers,
	database: Database,
	schema: Schema,
): Promise<CopiedDatabase> {
	const { name, encoding } = database;
	const copied = await readSchema({ ...servers.to, database: name }, servers.project);
	requireEqual(factsOfSchema(schema, name), factsOfSchema(copied, name), `the database "${name}"`);
	return await inBoth(servers, name, async ({ from, to }) => {
		for (const session of [from, to]) await prepareSession(session, encoding);
		const [before, after] = await Promise.all([readContents(from), readContents(to)]);
		requireEqual(before.facts, after.facts, `the database "${name}"`);
		return { name, tables: before.tables, rows: before.rows };
	});
}

const header = /^-- Name: (.*); Type: (.*); Schema: (.*); Owner: (.*)$/;
const oneLine =
	/^(?:GRANT|REVOKE|COMMENT ON|ALTER DEFAULT PRIVILEGES|ALTER DATABASE|ALTER ROLE|CREATE EXTENSION|CREATE DATABASE) /;

/** The objects with their types and owners, and all that pg_dump prints in one line: grants, comments, settings. */
function factsOfSchema(schema: Schema, database: string): Facts {
	const facts = new Map<string, string>();
	// A new server has these already, with its own locale.
	const isCreated = !['postgres', 'template1'].includes(database);
	for (const line of Object.values<string>({ ...schema })
		.join('\n')
		.split('\n')) {
		if (!header.test(line) && !oneLine.test(line)) continue;
		if (line.startsWith('CREATE DATABASE ') && !isCreated) continue;
		const fact = line.replace(header, '$2 $3.$1, owned by $4');
		facts.set(fact, `${Number(facts.get(fact) ?? 0) + 1}`);
	}
	return facts;
}

/** Throws `copy-differs` unless roles, memberships and settings are the same on both servers. */
export async function compareGlobals(globals: Globals, to: Connection): Promise<void> {
	const copied = await withClient(to, readGlobals);
	const hasOptions = globals.memberships.every(({ options }) => options !== null);
	requireEqual(factsOfGlobals(globals, hasOptions), factsOfGlobals(copied, hasOptions), 'roles and settings');
}

function factsOfGlobals(globals: Globals, hasOptions: boolean): Facts {
	return new Map([
		...globals.roles.map(
			({ name, attributes, comment }) => [`the role "${name}"`, `${attributes} ${comment}`] as const,
		),
		...globals.memberships.map(
			({ grant, isAdmin, options }) => [`GRANT ${grant} ${hasOptions ? options : ''}`, `${isAdmin}`] as const,
		),
		...globals.parameterGrants.map((grant) => [grant, ''] as const),
		...globals.roleSettings.map(
			({ role, settings }) => [`settings of ${role ?? 'all roles'}`, settings.join('\n')] as const,
		),
		...globals.systemSettings.map(({ name, value }) => [`the setting ${name}`, value] as const),
	]);
}

/** The error contains no values: there are passwords and rows among them. */
function requireEqual(before: Facts, after: Facts, what: string): void {
	const names = new Set([...before.keys(), ...after.keys()]);
	const different = [...names].filter((name) => before.get(name) !== after.get(name));
	if (different.length === 0) return;
	throw new SlipwayError(
		'copy-differs',
		`the copy of ${what} is not the same as the original: ${different.slice(0, 10).join('; ')}${different.length > 10 ? `; and ${different.length - 10} more` : ''}`,
		'The original is unchanged; use it with the old version. This is a bug: please report it.',
	);
}
