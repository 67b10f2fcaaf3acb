import { type Address, type Endpoint, sslModes, type TlsFiles, targets } from '../connection/index.ts';
import { choiceProblem, listOf, portProblem, serverHostProblem } from './checks.ts';
import { readDatabaseUrl, type UrlParts } from './database-url.ts';
import type { Given, VariableReader } from './reader.ts';
import type { Settings } from './settings.ts';
import { readTlsFiles } from './tls-files.ts';
import { defaultOf, readDerivedName, readText } from './values.ts';

const hostsProblem = listOf(serverHostProblem);
const portsProblem = listOf(portProblem(1));
const sslModeProblem = (mode: string) => choiceProblem(mode, sslModes);

interface Endpoints extends Pick<Settings, 'endpoint' | 'migratorEndpoint'> {
	/** Also if only the servers in `DB_READ_URL` are encrypted. */
	readonly tlsFiles: TlsFiles | undefined;
}

/** Where the app, and where bootstrap and migrations connect. */
export function readEndpoints(
	reader: VariableReader,
	url: UrlParts,
	readUrl: UrlParts | undefined,
): Endpoints {
	const host = readText(reader, 'DB_HOST', 'localhost', hostsProblem, url.host);
	const port = matching(reader, readText(reader, 'DB_PORT', '5432', portsProblem, url.port), host);
	const sslMode = readText(reader, 'DB_SSLMODE', 'disable', sslModeProblem, url.sslmode);
	checkTarget(reader, url.target_session_attrs);
	const direct = readDerivedName(reader, 'DB_MIGRATOR_HOST', host, '', hostsProblem);
	const directPort = readDerivedName(reader, 'DB_MIGRATOR_PORT', port, '', portsProblem);
	const directMode = readDerivedName(reader, 'DB_MIGRATOR_SSLMODE', sslMode, '', sslModeProblem);
	const tlsFiles = readTlsFiles(reader, url, [sslMode, directMode, readUrl?.sslmode ?? sslMode]);
	return {
		tlsFiles,
		endpoint: toEndpoint(host, port, sslMode, tlsFiles),
		migratorEndpoint: toEndpoint(direct, matching(reader, directPort, direct), directMode, tlsFiles),
	};
}

/** Slipway writes there, whatever else the servers in the list are used for. */
function checkTarget(reader: VariableReader, target: Given | undefined): void {
	if (target === undefined) return;
	const given = reader.check(target, targetProblem);
	if (!given.valid || ['any', 'read-write', 'primary'].includes(given.value)) return;
	reader.report(given, {
		what: 'is for servers to read from, and Slipway also writes there',
		fix: 'Remove it: of several servers, Slipway uses the one that accepts writes. Name replicas in DB_READ_URL.',
	});
}

const targetProblem = (target: string) => choiceProblem(target, targets);

/** Ports that match the hosts: one for all, or one for each. */
function matching(reader: VariableReader, port: Given, host: Given): Given {
	const hosts = itemsOf(host).length;
	return reader.check(port, (list) => {
		const ports = list.split(',').length;
		if (!host.valid || ports === 1 || ports === hosts) return undefined;
		return {
			what: `has ${ports} ports, and ${host.label} has ${hosts === 1 ? '1 host' : `${hosts} hosts`}`,
			fix: 'Set one port for all hosts, or one for each, in the same order.',
		};
	});
}

const itemsOf = ({ value }: Given) => value.split(',');

function toEndpoint(host: Given, port: Given, sslMode: Given, tlsFiles: Endpoint['tlsFiles']): Endpoint {
	const [first, ...others] = toAddresses(host, port);
	return {
		...first,
		...encryption(sslMode.value, tlsFiles),
		...(others.length > 0 && { choice: { hosts: [first, ...others], target: 'read-write' } }),
	};
}

/** Hosts, and one port for all or one for each. */
export function toAddresses(host: Given, port: Given): [Address, ...Address[]] {
	const ports = itemsOf(port);
	const addresses = itemsOf(host).map((each, index) => ({
		host: each,
		port: Number(ports[index] ?? ports[0]),
	}));
	return addresses as [Address, ...Address[]];
}

function encryption(value: string, tlsFiles: Endpoint['tlsFiles']): Pick<Endpoint, 'sslMode' | 'tlsFiles'> {
	const sslMode = sslModes.find((mode) => mode === value) ?? 'disable';
	return { sslMode, ...(tlsFiles && sslMode !== 'disable' && { tlsFiles }) };
}

/** Undefined if it is not set. */
export function readReadUrl(reader: VariableReader): UrlParts | undefined {
	const isSet = reader.isSet('DB_READ_URL') || reader.isSet('DB_READ_URL_FILE');
	return isSet ? readDatabaseUrl(reader, 'DB_READ_URL') : undefined;
}

/**
 * Where the service reads what may be a moment old: on the servers in `DB_READ_URL`, as the app. The URL need not have
 * the login, so that it contains no secret.
 */
export function readReadEndpoint(
	reader: VariableReader,
	[main, url]: readonly [UrlParts, UrlParts | undefined],
	{ endpoint, tlsFiles, database }: Pick<Endpoints, 'endpoint' | 'tlsFiles'> & Pick<Settings, 'database'>,
): Endpoint | undefined {
	if (url === undefined) return undefined;
	checkSame(reader, url, {
		username: database.app.username,
		password: database.app.password,
		database: database.name,
		sslrootcert: main.sslrootcert?.value ?? reader.text('DB_SSLROOTCERT')?.value,
		sslcert: main.sslcert?.value ?? reader.text('DB_SSLCERT')?.value,
		sslkey: main.sslkey?.value ?? reader.text('DB_SSLKEY')?.value,
	});
	const host = reader.check(url.host ?? defaultOf('DB_READ_URL, host', ''), hostsProblem);
	const port = reader.check(url.port ?? defaultOf('DB_READ_URL, port', '5432'), portsProblem);
	const sslMode = reader.check(url.sslmode ?? defaultOf('DB_SSLMODE', endpoint.sslMode), sslModeProblem);
	const target = reader.check(url.target_session_attrs ?? defaultOf('', 'prefer-standby'), targetProblem);
	const hosts = toAddresses(host, port);
	return {
		...hosts[0],
		...encryption(sslMode.value, tlsFiles),
		choice: { hosts, target: targets.find((each) => each === target.value) ?? 'prefer-standby' },
	};
}

/** A replica has the same roles and databases as the server that it follows. */
function checkSame(
	reader: VariableReader,
	url: UrlParts,
	expected: { readonly [part in keyof UrlParts]: string | undefined },
): void {
	for (const [part, value] of Object.entries(expected)) {
		const given = url[part as keyof UrlParts];
		if (given === undefined || !given.valid || given.value === value) continue;
		reader.report(given, {
			what: "is not that of the app's own login",
			fix: 'Remove it from DB_READ_URL: the service reads there with the login, database and certificates of DATABASE_URL or DB_….',
		});
	}
}
