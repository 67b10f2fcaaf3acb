import { type Connection, maintenanceDatabase, sslModes } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { choiceProblem, type Problem, portProblem, roleNameProblem, serverHostProblem } from './checks.ts';
import { readDatabaseUrl, type UrlParts } from './database-url.ts';
import { toAddresses } from './endpoints.ts';
import { readEnvironment } from './environment.ts';
import { type Given, VariableReader, type Variables } from './reader.ts';
import { defaultOf } from './values.ts';

const variable = 'SLIPWAY_TEST_SERVER';

/**
 * The URL of the shared server for tests that the environment names; undefined for none. Throws `invalid-settings` in
 * production, and if the URL leads to the server of the settings, in the environment or in `envFile`, unless its database
 * is named for tests.
 */
export function readTestServer(environment: Variables, envFile: string): string | undefined {
	const reader = new VariableReader(environment, new Map());
	const url = reader.secret(variable);
	if (url === undefined) return undefined;
	if (reader.errors.length > 0) throw invalidTestServer(reader.errors);
	if (environment.NODE_ENV === 'production')
		throw invalidTestServer([`${variable} is set, and NODE_ENV is production`]);
	refuseOwnServer(parseTestServer(url.value), readEnvironment(environment, envFile).variables);
	return url.value;
}

/** The admin's login that the URL of a shared server is. Throws `invalid-settings`. */
export function parseTestServer(url: string): Connection {
	const reader = new VariableReader({ [variable]: url }, new Map());
	const parts = readDatabaseUrl(reader, variable);
	const part = (name: keyof UrlParts, check: (value: string) => Problem | undefined, fallback?: string) => {
		const given: Given | undefined =
			parts[name] ?? (fallback === undefined ? undefined : { value: fallback, label: variable, valid: true });
		if (given === undefined) reader.report({ value: '', label: variable, valid: false }, missing(name));
		return given === undefined ? '' : reader.check(given, check).value;
	};
	const sslMode = part('sslmode', (mode) => choiceProblem(mode, sslModes), 'disable');
	const connection = {
		host: part('host', serverHostProblem),
		port: Number(part('port', portProblem(1), '5432')),
		username: part('username', roleNameProblem),
		password: part('password', () => undefined, ''),
		database: part('database', () => undefined, maintenanceDatabase),
		sslMode: sslModes.find((mode) => mode === sslMode) ?? 'disable',
	};
	for (const name of unsupported) if (parts[name]) reader.report(parts[name], notForTests);
	if (reader.errors.length > 0) throw invalidTestServer(reader.errors);
	return connection;
}

const unsupported = ['sslrootcert', 'sslcert', 'sslkey', 'target_session_attrs'] as const;

const notForTests: Problem = {
	what: 'is not supported for a server of tests',
	fix: 'Remove it. Name one server; for a private certificate authority, set NODE_EXTRA_CA_CERTS.',
};

const missing = (part: string): Problem => ({
	what: `has no ${part}`,
	fix: 'Set it to a URL such as postgres://user:password@host:5432/postgres.',
});

/** Tests create and drop databases there, which nobody should do by mistake on the server that an application uses. */
function refuseOwnServer(server: Connection, variables: Variables): void {
	const reader = new VariableReader(variables, new Map());
	const { host, port, database } = readDatabaseUrl(reader);
	const appHost = host ?? reader.text('DB_HOST') ?? defaultOf('DB_HOST', '');
	const appPort = port ?? reader.text('DB_PORT') ?? defaultOf('DB_PORT', '5432');
	const migratorHost = reader.text('DB_MIGRATOR_HOST') ?? appHost;
	const migratorPort = reader.text('DB_MIGRATOR_PORT') ?? appPort;
	const used = [...toAddresses(appHost, appPort), ...toAddresses(migratorHost, migratorPort)];
	const isSame = used.some((each) => each.host === server.host && each.port === server.port);
	if (!isSame || /test/i.test(server.database) || database?.value.startsWith('slipway_test_')) return;
	throw invalidTestServer([
		`${variable} names ${server.host}:${server.port}, the server that DATABASE_URL, DB_HOST or DB_MIGRATOR_HOST names as well`,
	]);
}

function invalidTestServer(errors: readonly string[]): SlipwayError {
	return new SlipwayError(
		'invalid-settings',
		['the shared test server cannot be used:', ...errors.map((error) => `  ${error}`)].join('\n'),
		`Set ${variable} to a server for tests, or unset it. If tests may create databases on the application's server, put a database whose name contains "test" into the URL.`,
	);
}
