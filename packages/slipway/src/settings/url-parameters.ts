import type { Problem } from './checks.ts';
import { show } from './reader.ts';

/** What the parameters of a URL come to: the parts that are read, still encoded, and what is wrong with the others. */
export interface Parameters {
	readonly parts: { readonly host?: string; readonly sslmode?: string };
	readonly problems: readonly Problem[];
}

/** Whether nothing is lost where a parameter is ignored, by its value and by how the connection is encrypted. */
type Harmless = (value: string, sslMode: string | undefined) => boolean;

const always: Harmless = () => true;
const only =
	(...values: readonly string[]): Harmless =>
	(value) =>
		values.includes(value.toLowerCase());
/** `strict` asks for no more than a verified certificate gives: that nobody is between client and server. */
const orVerified =
	(strict: string, ...values: readonly string[]): Harmless =>
	(value, sslMode) =>
		only(...values)(value, sslMode) || (value === strict && sslMode === 'verify-full');

const ownLimits = 'Remove it: Slipway has limits of its own.';
const certificates =
	'Remove it: sslmode=verify-full trusts the authorities that Node does, and those of the file NODE_EXTRA_CA_CERTS.';

interface Known {
	readonly harmless: Harmless;
	readonly mend?: string;
}

/** Parameters of libpq, and those that hosts of PostgreSQL put into URLs for Prisma, pg and others. */
const known = new Map<string, Known>(
	Object.entries({
		application_name: { harmless: always },
		fallback_application_name: { harmless: always },
		keepalives: { harmless: always },
		keepalives_idle: { harmless: always },
		keepalives_interval: { harmless: always },
		keepalives_count: { harmless: always },
		tcp_user_timeout: { harmless: always },
		connect_timeout: { harmless: always },
		sslcompression: { harmless: always },
		sslsni: { harmless: only('1') },
		sslnegotiation: {
			harmless: only('postgres'),
			mend: 'Remove it: the server is asked for encryption first.',
		},
		gssencmode: { harmless: only('disable', 'prefer') },
		client_encoding: { harmless: only('utf8', 'utf-8', 'auto') },
		target_session_attrs: { harmless: only('any', 'read-write', 'primary') },
		load_balance_hosts: { harmless: only('disable') },
		channel_binding: {
			harmless: orVerified('require', 'disable', 'prefer'),
			mend: 'Set sslmode=verify-full, which protects against a server in the middle as well, or remove channel_binding.',
		},
		sslrootcert: { harmless: orVerified('system'), mend: certificates },
		sslcert: { harmless: only(''), mend: 'Remove it: logins are by password.' },
		sslkey: { harmless: only(''), mend: 'Remove it: logins are by password.' },
		sslcrl: { harmless: only(''), mend: certificates },
		sslaccept: {
			harmless: orVerified('strict'),
			mend: 'Set sslmode=require or sslmode=verify-full in its place.',
		},
		ssl: { harmless: only(), mend: 'Set sslmode=require or sslmode=verify-full in its place.' },
		options: {
			harmless: only(''),
			mend: 'Remove it: what is set for a session is set by Slipway, and else for the role (ALTER ROLE … SET).',
		},
		schema: {
			harmless: only('public'),
			mend: "Remove it, and set the app's search_path: ALTER ROLE … SET search_path.",
		},
		pgbouncer: { harmless: always },
		connection_limit: { harmless: always },
		pool_timeout: { harmless: always },
		socket_timeout: { harmless: only('0'), mend: ownLimits },
		statement_timeout: { harmless: only('0'), mend: ownLimits },
		statement_cache_size: { harmless: always },
		uselibpqcompat: { harmless: only('true') },
		supa: { harmless: always },
	}),
);

/** Reads the query of a URL. `visible` says whether messages may name what is not known. */
export function readParameters(query: string, visible: boolean): Parameters {
	const texts = query.split('&').filter((text) => text !== '');
	const given = texts.map((text) => text.split(/=(.*)/s, 2) as [name: string, value?: string]);
	const names = given.map(([name]) => name);
	const parts: { host?: string; sslmode?: string } = Object.fromEntries(
		given.filter(([name, value]) => isPart(name) && value !== undefined),
	);
	const isKnown = ([name, value]: (typeof given)[number]) =>
		value !== undefined && (isPart(name) || known.has(name));
	const refused = given.filter(
		([name, value = '']) => known.get(name)?.harmless(value, parts.sslmode) === false,
	);
	const unknown = given.filter((parameter) => !isKnown(parameter)).map(([name]) => name);
	const repeated = names.filter((name, index) => isPart(name) && names.indexOf(name) < index);
	return {
		parts,
		problems: [
			...repeated.map(repeatedParameter),
			...refused.map(([name]) => refusedParameter(name)),
			// What follows a password may be the rest of it, behind a bare `&`.
			...(unknown.length > 0
				? [unknownParameters(visible && !names.some(isSecret) ? unknown : undefined)]
				: []),
		],
	};
}

const isPart = (name: string) => name === 'host' || name === 'sslmode';
const isSecret = (name: string) => /pass|pwd|secret|key/i.test(name);

const repeatedParameter = (name: string): Problem => ({
	what: `has the parameter ${name} twice`,
	mend: 'Remove one of the two.',
});
const refusedParameter = (name: string): Problem => ({
	what: `has the parameter ${name} with a value that Slipway does not support`,
	mend: known.get(name)?.mend ?? 'Remove it.',
});
const unknownParameters = (names: readonly string[] | undefined): Problem => ({
	what: `has a parameter that Slipway does not know${names === undefined ? '' : `: ${names.map(show).join(', ')}`}`,
	mend: 'Remove it: docs/connections.md lists those that are known.',
});
