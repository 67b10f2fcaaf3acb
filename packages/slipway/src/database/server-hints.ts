/** A statement that the server has refused. */
interface Refusal {
	/** SQLSTATE. */
	readonly code: string | undefined;
	readonly message: string;
	/** The statement, and the text of the file before it. */
	readonly statement: string;
	readonly before: string;
}

/**
 * What to do about `refusal`, where it comes from how Slipway runs a file, from the role that it runs as, from the server
 * in use, or from a dump.
 */
export function hintOf(refusal: Refusal): string | undefined {
	for (const { code, applies, hint } of hints)
		if (code.includes(refusal.code ?? '') && applies(refusal)) return hint(refusal);
	return undefined;
}

interface Hint {
	/** SQLSTATE (PostgreSQL, Appendix A). */
	readonly code: readonly string[];
	readonly applies: (refusal: Refusal) => boolean;
	readonly hint: (refusal: Refusal) => string;
}

const says = (pattern: RegExp) => (refusal: Refusal) => pattern.test(refusal.message);
const begins = (pattern: RegExp) => (refusal: Refusal) => pattern.test(refusal.statement);
const always = () => true;

const hints: readonly Hint[] = [
	{
		code: ['55P04'],
		applies: always,
		hint: () =>
			'A new value of an enum can be used when its transaction is committed: put the statements that use it into a later file of their own.',
	},
	{
		code: ['0A000', '58P01'],
		applies: begins(/^create\s+extension\b/i),
		hint: ({ message }) =>
			`The server has not installed it. The embedded server has the extensions that PostgreSQL comes with; for others use an image that has them: SLIPWAY_POSTGRES=container POSTGRES_IMAGE=${imageFor(quoted(message))}`,
	},
	{
		code: ['42501'],
		applies: begins(/^create\s+extension\b/i),
		hint: () =>
			'Only a superuser may create it, and migrations run as the migrator. Tests and startPostgres create it with the option `extensions`; on other servers create it as the admin, and write CREATE EXTENSION IF NOT EXISTS here.',
	},
	{
		code: ['42501'],
		applies: begins(/^comment\s+on\s+extension\b/i),
		hint: () =>
			'Delete the statement: the extension belongs to a superuser (pg_dump --no-comments leaves it out).',
	},
	{
		code: ['42501', '42704'],
		applies: begins(/\bowner\s+to\b|^(set\s+session\s+authorization|reassign\s+owned)\b/i),
		hint: () =>
			'Delete the statement: all that migrations create belongs to the owner already (pg_dump --no-owner leaves it out).',
	},
	{
		code: ['42501', '42704'],
		applies: begins(/^(grant|revoke|alter\s+default\s+privileges)\b/i),
		hint: () =>
			'Delete the statement, or create the role on the server first: bootstrap grants the app what it needs (pg_dump --no-privileges leaves it out).',
	},
	{
		code: ['42P06'],
		applies: says(/"public"/),
		hint: () => 'Delete the statement: every database has the schema public.',
	},
	{
		code: ['42704'],
		applies: says(/^unrecognized configuration parameter/),
		hint: () =>
			'Delete the statement, or correct the name: this server has no such setting. pg_dump of a later PostgreSQL writes those of its own version.',
	},
	{
		code: ['42704', '22023'],
		applies: says(/\bcollation\b|\blocale\b/i),
		hint: () =>
			'The server has not got this locale of the operating system. Use a collation of ICU, such as "en-US-x-icu" or (provider = icu, locale = \'en-US\'), which every server has; SELECT collname FROM pg_collation lists all.',
	},
	{
		code: ['3F000', '42P01', '42704', '42883'],
		applies: ({ before }) => emptiesSearchPath.test(before),
		hint: () =>
			"The file has emptied search_path before, as dumps do. Name the schema (public.NAME), or delete SELECT pg_catalog.set_config('search_path', '', false).",
	},
	{
		code: ['42601'],
		applies: says(/at or near "\\"/),
		hint: () => 'A backslash begins a command of psql, which is not run here. Delete the command.',
	},
];

const emptiesSearchPath = /set_config\s*\(\s*'search_path'\s*,\s*''/i;

const images: Readonly<Record<string, string>> = {
	vector: 'pgvector/pgvector:pg18',
	postgis: 'postgis/postgis:18-3.6',
	timescaledb: 'timescale/timescaledb:latest-pg18',
};

/** An image of PostgreSQL's that has `extension`, or a word in its place. */
export function imageFor(extension = ''): string {
	return images[extension] ?? 'IMAGE';
}

const quoted = (message: string) => /"([^"]+)"/.exec(message)?.[1];
