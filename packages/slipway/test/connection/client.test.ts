import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Connection, normalizePassword, withClient } from '../../src/connection/index.ts';
import type { PostgresServer } from '../../src/postgres/index.ts';
import { startTestServer } from '../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const logIn = (change: Partial<Connection>, connectTimeout = 5) =>
	withClient({ ...server.admin, ...change }, async () => 'in', { connectTimeout });

describe('a failed login is reported with its cause', () => {
	test.each<[what: string, change: Partial<Connection>, code: string, message: string]>([
		['nothing listens', { host: '127.0.0.1', port: 1 }, 'server-refuses', 'nothing listens on 127.0.0.1:1'],
		['no such socket', { host: '/nowhere' }, 'server-refuses', 'there is no PostgreSQL socket'],
		['an unknown host', { host: 'no-such-host.invalid' }, 'host-unknown', '"no-such-host.invalid"'],
		['a wrong password', { password: 'SECRET' }, 'wrong-password', 'the password of "postgres"'],
		['an unknown role', { username: 'nobody' }, 'wrong-password', 'the password of "nobody"'],
		['an unknown database', { database: 'nothing' }, 'no-database', 'no database "nothing"'],
	])('%s', async (_, change, code, message) => {
		await expect(logIn(change)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
	});

	test('a role that cannot log in', async () => {
		await withClient(server.admin, (sql) => sql.unsafe(`CREATE ROLE locked_out PASSWORD 'x' NOLOGIN`));
		await expect(logIn({ username: 'locked_out', password: 'x' })).rejects.toMatchObject({
			code: 'login-refused',
		});
	});

	test('a database that the role may not connect to', async () => {
		await withClient(server.admin, async (sql) => {
			await sql.unsafe(`CREATE ROLE outsider LOGIN PASSWORD 'x'`);
			await sql.unsafe('CREATE DATABASE closed');
			await sql.unsafe('REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
		});
		const attempt = logIn({ username: 'outsider', password: 'x', database: 'closed' });
		await expect(attempt).rejects.toMatchObject({ code: 'connect-denied' });
	});

	test('a server that accepts the connection and sends nothing', async () => {
		const silent = createServer().listen(0, '127.0.0.1');
		await once(silent, 'listening');
		onTestFinished(() => void silent.close());
		const { port } = silent.address() as AddressInfo;
		await expect(logIn({ host: '127.0.0.1', port }, 1)).rejects.toMatchObject({ code: 'server-unreachable' });
	});

	test('a server without encryption where it is required', async () => {
		await expect(logIn({ sslMode: 'require' })).rejects.toMatchObject({
			code: 'connection-closed',
			hint: expect.stringContaining('DB_SSLMODE=disable'),
		});
	});

	test('without the password', async () => {
		const error: unknown = await logIn({ password: 'SECRET' }).catch((reason: unknown) => reason);
		expect(JSON.stringify(error, Object.getOwnPropertyNames(error)) + String(error)).not.toContain('SECRET');
	});
});

test('an IPv6 address is one host and not split at its colons', async () => {
	const relay = createServer((socket) => {
		const onward = connect(server.admin.port, server.admin.host);
		socket.pipe(onward).pipe(socket);
		for (const end of [socket, onward]) end.on('error', () => end.destroy());
	}).listen(0, '::1');
	await once(relay, 'listening');
	onTestFinished(() => void relay.close());
	expect(await logIn({ host: '::1', port: (relay.address() as AddressInfo).port })).toBe('in');
});

test.each([
	['plain', 'plain'],
	['ﬁne', 'fine'],
	['a b', 'a b'],
	['soft­hyphen', 'softhyphen'],
	['rocket 🚀', 'rocket 🚀'],
	['bell \u0007', 'bell \u0007'],
])('the password %j is hashed as %j, as PostgreSQL does', (password, normalized) => {
	expect(normalizePassword(password)).toBe(normalized);
});
