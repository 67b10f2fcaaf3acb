import { isIP } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connection, openClient, sslModes, toLogin } from '../../src/connection/index.ts';
import { adminConnection, appConnection, parseSettings } from '../../src/settings/index.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { startTestDatabase } from '../helpers/server.ts';
import { hosts, names, passwords, ports } from '../settings/arbitraries.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase();
});
afterAll(() => server[Symbol.asyncDispose]());

test.each(['app', 'migrator', 'admin'] as const)(
	'the login of the %s is a configuration for pg, and its URL works in every client',
	async (role) => {
		const login = server[role];
		const select = 'SELECT session_user AS user, current_database() AS database';
		const expected = [{ user: login.username, database: login.database }];
		for (const config of [login, { connectionString: login.url }]) {
			const pool = new pg.Pool(config);
			expect((await pool.query(select)).rows).toEqual(expected);
			await pool.end();
		}
		const sql = postgres(login.url);
		expect(await sql.unsafe(select)).toEqual(expected);
		await sql.end();
	},
);

const connections = fc.record<Connection>({
	username: names,
	password: passwords,
	host: hosts,
	port: ports,
	database: names,
	sslMode: fc.constantFrom(...sslModes),
});

test('the URL of any login is parsed as the same login', () => {
	fc.assert(
		fc.property(connections, (connection) => {
			fc.pre(!['1', '2', '3'].includes(connection.username));
			const { url } = toLogin(connection);
			const others = { DB_OWNER: '1', DB_MIGRATOR_USERNAME: '2', DB_ADMIN_USERNAME: '3' };
			expect(appConnection(parseSettings({ DATABASE_URL: url, ...others }))).toEqual(connection);
			// Neither client decodes everything that a URL may encode.
			const { host, database } = connection;
			if (/^[\w.-]+$/.test(host) && encodeURI(database) === database && !/[/?#@]/.test(database))
				expect(partsOfOptions(postgres(url).options as never)).toEqual(partsOf(connection));
			if (/[/?#@]/.test(database)) return;
			const client = new pg.Client({ connectionString: url });
			expect([client.host, client.port, client.user, client.password, client.database]).toEqual(
				partsOf({ ...connection, host: inShortestForm(host) }),
			);
		}),
	);
});

/** An IPv6 address as the platform's `URL` writes it. */
const inShortestForm = (host: string) =>
	isIP(host) === 6 ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;

const partsOf = ({ host, port, username, password, database }: Connection) => [
	host,
	port,
	username,
	password,
	database,
];

interface Options extends Record<'user' | 'pass' | 'database', string> {
	readonly host: readonly string[];
	readonly port: readonly number[];
}
const partsOfOptions = ({ host, port, user, pass, database }: Options) => [
	...host,
	...port,
	user,
	pass,
	database,
];

const secret = 's3cret/@:%"';
const login = () => toLogin({ ...adminConnection(parseSettings({})), password: secret });

test('a printed login does not show the password', () => {
	const printed = [login(), { login: login() }, [login()]].map((value) => inspect(value, { depth: 9 }));
	printed.push(
		inspect(login(), { showHidden: true }),
		inspect(new Error('x', { cause: login() })),
		`${login()}`,
	);
	for (const text of printed) {
		expect(text).not.toContain('s3cret');
		expect(text).not.toContain('postgres://');
	}
	expect(inspect(login())).toContain("password: '(hidden)'");
});

test('a copied or serialized login has no URL, which could be outdated after a change', () => {
	const expected = { ...adminConnection(parseSettings({})), user: 'postgres', password: secret };
	expect(JSON.parse(JSON.stringify(login()))).toEqual(expected);
	expect(structuredClone(login())).toEqual(expected);
	expect({ ...login(), database: 'other' }).toEqual({ ...expected, database: 'other' });
});

test("errors and a client's options do not show the password", async () => {
	const sql = openClient({ ...login(), host: '127.0.0.1', port: 1 });
	expect(inspect(sql.options, { depth: 9 })).not.toContain('s3cret');
	const error: unknown = await sql`SELECT 1`.catch((reason: unknown) => reason);
	expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cret');
	await sql.end();
});
