import type { Problem } from './checks.ts';
import { type Given, show, type VariableReader } from './reader.ts';
import { readParameters } from './url-parameters.ts';

type Part = 'username' | 'password' | 'host' | 'port' | 'database' | 'sslmode';
export type UrlParts = { readonly [part in Part]?: Given };

/**
 * No delimiter stands for itself inside a part: a password with a bare `/` or `@` would be cut, and the rest of it
 * taken for something that messages show. `URL` is more lenient, and drops white space on top.
 */
const form =
	/^postgres(?:ql)?:\/\/(?:(?<username>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<host>\[[^[\]@/?#]*\]|[^:@/?#]*)(?::(?<port>[^@/?#]*))?(?:\/(?<database>[^@/?#]*))?(?:\?(?<query>[^@#]*))?$/;

/** The parts that `DATABASE_URL` has, decoded; none where it is not set, and none that is sound where it is faulty. */
export function readDatabaseUrl(reader: VariableReader): UrlParts {
	const url = reader.secret('DATABASE_URL');
	if (url === undefined) return {};
	const match = url.sound ? form.exec(url.value) : undefined;
	if (match === null) reader.report(url, notOfTheForm);
	if (!match?.groups) return unsoundParts({ ...url, sound: false });
	const { query = '', host = '', ...others } = match.groups;
	// `postgres://user:secret`, where the host was forgotten, reads as a host and a port.
	const visible = others.username !== undefined || others.port === undefined;
	const { parts, problems } = readParameters(query, visible);
	for (const problem of problems) reader.report(url, problem);
	if (host !== '' && parts.host !== undefined) reader.report(url, twoHosts);
	const encoded = { ...others, host: host.replace(/^\[(.*)\]$/s, '$1'), ...parts };
	return Object.fromEntries(
		Object.entries(encoded)
			.filter(([part, text]) => text !== undefined && (text !== '' || part === 'password'))
			.map(([part, text = '']) => [part, decode(reader, url, part, text, visible)]),
	);
}

function unsoundParts(url: Given): UrlParts {
	return { username: url, password: url, host: url, port: url, database: url, sslmode: url };
}

function decode(reader: VariableReader, url: Given, part: string, text: string, visible: boolean): Given {
	const label = `${url.label}, ${part}`;
	try {
		const value = decodeURIComponent(text);
		const shown = visible && part !== 'password';
		return { value, label: shown ? `${label} ${show(value)}` : label, sound: true };
	} catch {
		reader.report({ ...url, label }, badEncoding);
		return { ...url, label, sound: false };
	}
}

const notOfTheForm: Problem = {
	what: 'is not of the form postgres://user:password@host:port/database',
	mend: 'Write it so, and percent-encode each of : / ? # [ ] @ % and space inside a part (@ is %40).',
};
const badEncoding: Problem = {
	what: 'has a % that begins no encoded UTF-8 character',
	mend: 'Write %25 for a % that stands for itself.',
};
const twoHosts: Problem = {
	what: 'has a host before the database and another in ?host=',
	mend: 'Remove one of the two.',
};
