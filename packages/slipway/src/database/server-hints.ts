import { howToGet } from '../detection/index.ts';

/** A statement that the server rejected. */
interface Rejection {
	/** SQLSTATE. */
	readonly code: string | undefined;
	readonly message: string;
	/** The statement, and the text of its file before it. */
	readonly statement: string;
	readonly before: string;
}

/**
 * How to fix `rejection`, if it comes from the way Slipway runs a file, the role it runs as, the server in
 * use, or a dump.
 */
export function hintFor(rejection: Rejection): string | undefined {
	for (const { code, applies, hint } of hints)
		if (code.includes(rejection.code ?? '') && applies(rejection)) return hint(rejection);
	return undefined;
}

interface Hint {
	/** SQLSTATE (PostgreSQL, Appendix A). */
	readonly code: readonly string[];
	readonly applies: (rejection: Rejection) => boolean;
	readonly hint: (rejection: Rejection) => string;
}

/** Whether the server has no such extension. Below version 16 it names the file that it looked for. */
export function isMissingExtension({ message }: Pick<Rejection, 'message'>): boolean {
	return /extension "[^"]*" is not available|could not open extension control file/.test(message);
}

const messageMatches = (pattern: RegExp) => (rejection: Rejection) => pattern.test(rejection.message);
const statementMatches = (pattern: RegExp) => (rejection: Rejection) => pattern.test(rejection.statement);
const always = () => true;

const hints: readonly Hint[] = [
	{
		code: ['55P04'],
		applies: always,
		hint: () =>
			'A new enum value cannot be used in the transaction that adds it: move the statements that use it to a later file.',
	},
	{
		code: ['0A000', '58P01'],
		applies: isMissingExtension,
		hint: ({ message }) => howToGet(quoted(message) ?? ''),
	},
	{
		code: ['42501'],
		applies: statementMatches(/^create\s+extension\b/i),
		hint: () =>
			'Only a superuser may create this extension, and migrations run as the migrator. For tests and startPostgres, list it in the option `extensions`; on other servers, create it as the admin and write CREATE EXTENSION IF NOT EXISTS here.',
	},
	{
		code: ['42501'],
		applies: statementMatches(/^comment\s+on\s+extension\b/i),
		hint: () => 'Delete the statement: the extension belongs to a superuser. pg_dump --no-comments omits it.',
	},
	{
		code: ['3F000', '42704', '42P01', '42883'],
		applies: messageMatches(
			/\b(schema|relation|function|role|publication) "?(auth|storage|extensions|vault|anon|authenticated|service_role|supabase_\w+)\b/,
		),
		hint: () =>
			'Supabase creates this on its own servers. Create what the migrations use of it in a file before them: https://github.com/slipway-dev/slipway/blob/main/docs/migration-tools.md#supabase',
	},
	{
		code: ['42501'],
		applies: messageMatches(/^permission denied to create role/),
		hint: () =>
			'Migrations run as the migrator, which may not create roles. Name the role in postgres.logins, which exist before migrations run, and delete the statement; or let migrations run as a superuser: roles: false.',
	},
	{
		code: ['42501', '42704'],
		applies: statementMatches(/\bowner\s+to\b|^(set\s+session\s+authorization|reassign\s+owned)\b/i),
		hint: () =>
			'Delete the statement: everything that migrations create already belongs to the owner. pg_dump --no-owner omits it.',
	},
	{
		code: ['42501', '42704'],
		applies: statementMatches(/^(grant|revoke|alter\s+default\s+privileges)\b/i),
		hint: () =>
			'Delete the statement, or create the role on the server first: bootstrap grants the app the privileges it needs. pg_dump --no-privileges omits it.',
	},
	{
		code: ['42P06'],
		applies: messageMatches(/"public"/),
		hint: () => 'Delete the statement: every database already has the schema public.',
	},
	{
		code: ['42704'],
		applies: messageMatches(/^unrecognized configuration parameter/),
		hint: () =>
			'Delete the statement, or correct the name: this server has no such setting. A newer pg_dump writes settings that only its own version knows.',
	},
	{
		code: ['42704', '22023'],
		applies: messageMatches(/\bcollation\b|\blocale\b/i),
		hint: () =>
			'The server lacks this operating-system locale. Use an ICU collation, such as "en-US-x-icu" or (provider = icu, locale = \'en-US\'), which every server has. To list all: SELECT collname FROM pg_collation',
	},
	{
		code: ['3F000', '42P01', '42704', '42883'],
		applies: ({ before }) => emptiesSearchPath.test(before),
		hint: () =>
			"The file emptied search_path earlier, as dumps do. Qualify the name (public.NAME), or delete SELECT pg_catalog.set_config('search_path', '', false).",
	},
	{
		code: ['42601'],
		applies: messageMatches(/at or near "\\"/),
		hint: () => 'A backslash starts a psql command, which cannot run here. Delete the command.',
	},
];

const emptiesSearchPath = /set_config\s*\(\s*'search_path'\s*,\s*''/i;

const quoted = (message: string) => /"(?:[^"]*\/)?([^"]+?)(?:\.control)?"/.exec(message)?.[1];
