import { quoteIdentifier } from '../sql.ts';

/** What the server refused to let the app's role do. */
export interface Denial {
	/** PostgreSQL's message, or a text with it in it. */
	readonly message: string;
	/** The statement, where the client's error or the server's log has it. */
	readonly statement?: string | undefined;
	/** The app's role. */
	readonly role: string;
}

/** The right that is missing and where to write it; undefined if `message` is not about a right of a role. */
export function hintForDenial({ message, statement = '', role }: Denial): string | undefined {
	for (const { pattern, hint } of rules) {
		const [text, kind = '', name = ''] = pattern.exec(message) ?? [];
		if (text !== undefined) return `Hint: ${hint({ kind, name, statement, role: shownRole(role) })}`;
	}
	return undefined;
}

interface Denied {
	/** What `name` is: `table`, `sequence`. */
	readonly kind: string;
	readonly name: string;
	readonly statement: string;
	/** As SQL. */
	readonly role: string;
}

interface Rule {
	/** Its groups are the kind of object and the name, which PostgreSQL does not quote. */
	readonly pattern: RegExp;
	readonly hint: (denied: Denied) => string;
}

const asMigrator =
	"For tests alone, log in as the migrator: login: 'migrator', connect({ as: 'migrator' }) or run --as migrator.";
const asAdmin = "In a test, do it as the admin: connect({ as: 'admin' }), or login: 'admin'.";

const rules: readonly Rule[] = [
	{
		pattern: /permission denied to create temporary tables in (database) "([^"]+)"/,
		hint: ({ role }) =>
			`${role} lacks TEMPORARY on the database. Write roles: { temporaryTables: true } in slipway.config.ts, and bootstrap grants it. ${asMigrator}`,
	},
	{
		pattern: /permission denied for (table|view) (pg_[^\n`]+)/,
		hint: () => `Only a superuser may read it. ${asAdmin}`,
	},
	{ pattern: /permission denied for (table|view|foreign table) ([^\n`]+)/, hint: onTable },
	{
		pattern: /(?:permission denied for|must be owner of) (materialized view) ([^\n`]+)/,
		hint: onMaterializedView,
	},
	{
		pattern: /permission denied for (sequence) ([^\n`]+)/,
		hint: ({ name, statement, role }) =>
			/\b(nextval|currval|lastval)\b/i.test(statement)
				? grant('USAGE, SELECT', `SEQUENCE ${qualified(name, statement)}`, role)
				: grant('UPDATE', `SEQUENCE ${qualified(name, statement)}`, role, 'setval() needs UPDATE'),
	},
	{ pattern: /permission denied for (schema) ([^\n`]+)/, hint: onSchema },
	{
		pattern: /permission denied for (function) lo_/,
		hint: () =>
			'Only the owner may create large objects. docs/privileges.md has the grant, which a superuser runs once for a database.',
	},
	{
		pattern: /permission denied for (function|procedure|aggregate) pg_/,
		hint: () => `Only a superuser may call it. ${asAdmin}`,
	},
	{
		pattern: /permission denied for (function|procedure|aggregate) ([^\n`]+)/,
		hint: ({ name, statement, role }) => grant('EXECUTE', `ROUTINE ${qualified(name, statement)}`, role),
	},
	{
		pattern: /permission denied for (database) ([^\n`]+)/,
		hint: ({ role }) =>
			`${role} lacks CREATE on the database, also for IF NOT EXISTS. Create schemas and publications in a migration. ${asMigrator}`,
	},
	{
		pattern: /must be owner of (table|view|sequence|index|schema|type|function|procedure|relation) ([^\n`]+)/,
		hint: ({ role }) =>
			`Only the owner may change, index, comment on or drop it; no grant gives that to ${role}. Do it in a migration. ${asMigrator}`,
	},
	{
		pattern: /permission denied to (create|alter|drop) (role|database)/,
		hint: ({ role }) =>
			`${role} may not manage roles and databases. ${asAdmin} A suite that manages roles itself needs roles: false.`,
	},
	{
		pattern: /permission denied to set (role) "([^"]+)"/,
		hint: ({ name, role }) =>
			`${role} is no member of that role. ${asAdmin} There, GRANT ${quoteIdentifier(name)} TO ${role}; lets the app set it.`,
	},
	{
		pattern: /permission denied to set (parameter) "([^"]+)"/,
		hint: ({ name, role }) =>
			`Only a superuser may set it. ${asAdmin} There, GRANT SET ON PARAMETER ${name} TO ${role}; lets the app set it.`,
	},
	{
		pattern: /permission denied to (terminate process|cancel query)/,
		hint: () => `A role may end only its own sessions. ${asAdmin}`,
	},
	{
		pattern: /permission denied to create (extension) "([^"]+)"/,
		hint: ({ name }) =>
			`Write extensions: ['${name}'] in slipway.config.ts: bootstrap creates it as the admin.`,
	},
];

function onTable({ name, statement, role }: Denied): string {
	const table = qualified(name, statement);
	const privilege = privileges.find(([pattern]) => pattern.test(statement))?.[1];
	if (privilege === undefined)
		return grant('TRUNCATE', table, role, `${role} lacks a right, probably TRUNCATE`);
	if (!dataPrivileges.has(privilege)) return grant(privilege, table, role);
	const why = `${role} has ${privilege} on what migrations create, unless a migration revokes it`;
	return grant(privilege, table, role, why);
}

const dataPrivileges = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE']);

const privileges: readonly (readonly [RegExp, string])[] = [
	[/\btruncate\b/i, 'TRUNCATE'],
	[/^\s*(reindex|cluster|vacuum|analyze)\b/i, 'MAINTAIN'],
	[/\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b/i, 'TRIGGER'],
	[/\breferences\b/i, 'REFERENCES'],
	[/\binsert\b/i, 'INSERT'],
	[/\bdelete\b/i, 'DELETE'],
	[/\bupdate\b/i, 'UPDATE'],
	[/\bselect\b/i, 'SELECT'],
];

/** Up to version 16, no privilege covers REFRESH, and PostgreSQL asks for the owner. */
function onMaterializedView({ name, statement, role }: Denied): string {
	const view = qualified(name, statement);
	if (/^\s*select\b/i.test(statement)) return grant('SELECT', view, role);
	return [
		`REFRESH needs the owner. From PostgreSQL 17 on, a line in a migration allows it to ${role}:`,
		`  GRANT MAINTAIN ON ${view} TO ${role};`,
		'Before that, a function in a migration does:',
		`  CREATE FUNCTION refresh_${name.replaceAll(/\W/g, '_')}() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$REFRESH MATERIALIZED VIEW ${view}$$;`,
		asMigrator,
	].join('\n');
}

function onSchema({ name, statement, role }: Denied): string {
	const schema = quoteIdentifier(name);
	if (/\bpartition\s+of\b/i.test(statement))
		return `Only the owner of a table may add partitions; no grant gives that to ${role}. Create them in a migration, or in a function with SECURITY DEFINER that a migration creates. ${asMigrator}`;
	if (statement === '' && name !== 'public')
		return `${role} lacks USAGE on the schema ${schema}, or CREATE. Create objects in a migration. To allow USAGE, write this line into one:\n  GRANT USAGE ON SCHEMA ${schema} TO ${role};\n${asMigrator}`;
	if (statement !== '' && !createsObjects(statement)) return grant('USAGE', `SCHEMA ${schema}`, role);
	return `${role} lacks CREATE on the schema ${schema}, also for IF NOT EXISTS: what it created would be its own, which bootstrap refuses. Create it in a migration. ${asMigrator} For a program that has to create its tables: roles: 'one' in slipway.config.ts.`;
}

/** SELECT INTO does, INSERT INTO does not. */
function createsObjects(statement: string): boolean {
	return /\b(create|set\s+schema)\b|^(?!.*\binsert\b).*\binto\b/is.test(statement);
}

function grant(privilege: string, target: string, role: string, why?: string): string {
	const reason = why === undefined ? `${role} lacks ${privilege}` : why;
	return [
		`${reason}. To allow it, write this line into a migration:`,
		`  GRANT ${privilege} ON ${target} TO ${role};`,
		asMigrator,
	].join('\n');
}

/** `name` with the schema that the statement names. The server's message has the bare name. */
function qualified(name: string, statement: string): string {
	const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const [, quoted, plain] =
		new RegExp(`(?:"((?:[^"]|"")+)"|([\\w$]+))\\s*\\.\\s*"?${escaped}(?![\\w$])`, 'iu').exec(statement) ?? [];
	const schema = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase();
	return schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** As a person writes it: without quotes where none are needed. */
function shownRole(role: string): string {
	return /^[a-z_][a-z0-9_]*$/.test(role) ? role : quoteIdentifier(role);
}
