import type { Problem } from './checks.ts';
import { show } from './reader.ts';

/** The parameters of libpq that Slipway reads, besides `host`. */
export const urlParameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'target_session_attrs'] as const;
export type UrlParameter = (typeof urlParameters)[number];

/** The parameters of a URL: the ones that Slipway reads, still encoded, and what is wrong with the others. */
export interface Parameters {
	readonly parts: { readonly [name in 'host' | UrlParameter]?: string };
	readonly problems: readonly Problem[];
}

/** Whether a parameter with this value can be ignored, given how the connection is encrypted. */
type Harmless = (value: string, sslMode: string | undefined) => boolean;

const always: Harmless = () => true;
const only =
	(...values: readonly string[]): Harmless =>
	(value) =>
		values.includes(value.toLowerCase());
/** `strict` protects against a man in the middle, which a verified certificate does as well. */
const orVerified =
	(strict: string, ...values: readonly string[]): Harmless =>
	(value, sslMode) =>
		only(...values)(value, sslMode) || (value === strict && sslMode === 'verify-full');

const ownLimits = 'Remove it: Slipway sets its own limits.';

interface Known {
	readonly harmless: Harmless;
	readonly fix?: string;
}

/** Parameters of libpq, and those that hosting services put into URLs for Prisma, pg and others. */
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
			fix: 'Remove it: Slipway asks the server for encryption before TLS begins.',
		},
		gssencmode: { harmless: only('disable', 'prefer') },
		client_encoding: { harmless: only('utf8', 'utf-8', 'auto') },
		load_balance_hosts: { harmless: only('disable') },
		channel_binding: {
			harmless: orVerified('require', 'disable', 'prefer'),
			fix: 'Set sslmode=verify-full, which also protects against a man in the middle, or remove channel_binding.',
		},
		sslcrl: { harmless: only(''), fix: 'Remove it: lists of revoked certificates are not read.' },
		sslpassword: { harmless: only(''), fix: 'Remove it, and use a key without a passphrase.' },
		sslaccept: {
			harmless: orVerified('strict'),
			fix: 'Set sslmode=require or sslmode=verify-full instead.',
		},
		ssl: { harmless: only(), fix: 'Set sslmode=require or sslmode=verify-full instead.' },
		options: {
			harmless: only(''),
			fix: 'Remove it, and set the parameter for the role instead: ALTER ROLE … SET.',
		},
		schema: {
			harmless: only('public'),
			fix: "Remove it, and set the app role's search_path instead: ALTER ROLE … SET search_path.",
		},
		pgbouncer: { harmless: always },
		connection_limit: { harmless: always },
		pool_timeout: { harmless: always },
		socket_timeout: { harmless: only('0'), fix: ownLimits },
		statement_timeout: { harmless: only('0'), fix: ownLimits },
		statement_cache_size: { harmless: always },
		uselibpqcompat: { harmless: only('true') },
		supa: { harmless: always },
	}),
);

/** Reads the query of a URL. `visible`: messages may name unknown parameters. */
export function readParameters(query: string, visible: boolean): Parameters {
	const texts = query.split('&').filter((text) => text !== '');
	const given = texts.map((text) => text.split(/=(.*)/s, 2) as [name: string, value?: string]);
	const names = given.map(([name]) => name);
	const parts: Parameters['parts'] = Object.fromEntries(
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
			// After a password with a bare `&` in it, the "parameter" may be the rest of the password.
			...(unknown.length > 0
				? [unknownParameters(visible && !names.some(isSecret) ? unknown : undefined)]
				: []),
		],
	};
}

const isPart = (name: string) => ['host', ...urlParameters].includes(name);
const isSecret = (name: string) => /pass|pwd|secret|key/i.test(name);

const repeatedParameter = (name: string): Problem => ({
	what: `has the parameter ${name} more than once`,
	fix: 'Remove one of the two.',
});
const refusedParameter = (name: string): Problem => ({
	what: `has the parameter ${name} with a value that Slipway does not support`,
	fix: known.get(name)?.fix ?? 'Remove it.',
});
const unknownParameters = (names: readonly string[] | undefined): Problem => ({
	what: `has a parameter that Slipway does not know${names === undefined ? '' : `: ${names.map(show).join(', ')}`}`,
	fix: 'Remove it. docs/connections.md lists the known parameters.',
});
