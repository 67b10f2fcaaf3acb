import type { Problem } from './checks.ts';
import { type Given, show, type VariableReader } from './reader.ts';
import { readParameters, type UrlParameter, urlParameters } from './url-parameters.ts';

type Part = 'username' | 'password' | 'host' | 'port' | 'database' | UrlParameter;
export type UrlParts = { readonly [part in Part]?: Given };

/**
 * Delimiters inside a part have to be encoded: a password with a bare `/` or `@` would be cut there, and its rest would
 * be read as a part that messages show. `URL` is more lenient, and also drops white space.
 */
const server = String.raw`(?:\[[^[\],@/?#]*\]|[^:,@/?#]*)(?::[^,@/?#]*)?`;
const form = new RegExp(
	String.raw`^postgres(?:ql)?://(?:(?<username>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<servers>${server}(?:,${server})*)(?:/(?<database>[^@/?#]*))?(?:\?(?<query>[^@#]*))?$`,
);

/**
 * The decoded parts of the URL in `variable`: none if it is not set, and only invalid ones if it cannot be parsed.
 * Several hosts are a list with commas, and so are their ports, unless all are the same.
 */
export function readDatabaseUrl(reader: VariableReader, variable = 'DATABASE_URL'): UrlParts {
	const url = reader.secret(variable);
	if (url === undefined) return {};
	const match = url.valid ? form.exec(url.value) : undefined;
	if (match === null) reader.report(url, notOfTheForm);
	if (!match?.groups) return invalidParts({ ...url, valid: false });
	const { query = '', servers = '', ...others } = match.groups;
	const { host, port } = splitServers(servers);
	// `postgres://user:secret`, without a host, parses as a host and a port.
	const visible = others.username !== undefined || port === undefined;
	const { parts, problems } = readParameters(query, visible);
	for (const problem of problems) reader.report(url, problem);
	if (host !== '' && parts.host !== undefined) reader.report(url, twoHosts);
	const encoded = { ...others, host, port, ...parts };
	return Object.fromEntries(
		Object.entries(encoded)
			.filter(([part, text]) => text !== undefined && (text !== '' || part === 'password'))
			.map(([part, text = '']) => [part, decode(reader, url, part, text, visible)]),
	);
}

const defaultPort = '5432';

function splitServers(servers: string): { readonly host: string; readonly port: string | undefined } {
	const each = servers.split(',').map((server) => {
		const [, host = '', port] = /^(\[.*\]|[^:]*)(?::(.*))?$/s.exec(server) ?? [];
		return { host: host.replace(/^\[(.*)\]$/s, '$1'), port };
	});
	const ports = each.map(({ port }) => port ?? defaultPort);
	const given = each.some(({ port }) => port !== undefined);
	return {
		host: each.map(({ host }) => host).join(),
		port: given ? (new Set(ports).size === 1 ? ports[0] : ports.join()) : undefined,
	};
}

function invalidParts(url: Given): UrlParts {
	const parts = ['username', 'password', 'host', 'port', 'database', ...urlParameters];
	return Object.fromEntries(parts.map((part) => [part, url]));
}

function decode(reader: VariableReader, url: Given, part: string, text: string, visible: boolean): Given {
	const label = `${url.label}, ${part}`;
	try {
		const value = decodeURIComponent(text);
		const shown = visible && part !== 'password';
		return { value, label: shown ? `${label} ${show(value)}` : label, valid: true };
	} catch {
		reader.report({ ...url, label }, badEncoding);
		return { ...url, label, valid: false };
	}
}

const notOfTheForm: Problem = {
	what: 'does not have the form postgres://user:password@host:port/database, or host:port,host:port for several servers',
	fix: 'Percent-encode : / ? # [ ] @ % and spaces inside a part (@ is %40).',
};
const badEncoding: Problem = {
	what: 'has a % that does not begin an encoded UTF-8 character',
	fix: 'Write %25 for a literal %.',
};
const twoHosts: Problem = {
	what: 'has one host before the database and another in ?host=',
	fix: 'Remove one of the two.',
};
