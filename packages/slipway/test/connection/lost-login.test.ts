import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, openClient, withClient } from '../../src/connection/index.ts';
import { migrateUp } from '../../src/database/migrations/index.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { projectRoot } from '../helpers/child-process.ts';
import { type Sent, startCuttingProxy } from '../helpers/cutting-proxy.ts';
import { startTestDatabase } from '../helpers/server.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase();
});
afterAll(() => server[Symbol.asyncDispose]());

const moments: [moment: string, cuts: (sent: Sent) => boolean][] = [
	['when it is opened', ({ messages }) => messages === 0],
	['after the first message', ({ messages }) => messages === 1],
	['when the client chooses how to authenticate', ({ messages }) => messages === 2],
	['when the client proves that it knows the password', ({ messages }) => messages === 3],
	['at the first statement', ({ last }) => last.includes('SELECT')],
];
const ways: [way: string, cut: (client: Socket) => void][] = [
	['is closed', (client) => client.end()],
	['is reset', (client) => client.resetAndDestroy()],
];
const cases = ways.flatMap(([way, cut]) =>
	moments.map(([moment, cuts]) => [way, moment, cut, cuts] as const),
);

// vitest fails a run with an unhandled rejection.
describe('a connection lost during login is reported to its user only, without a second attempt', () => {
	test.each(cases)('%s %s', async (_way, _moment, cut, cuts) => {
		await using proxy = await startCuttingProxy(server.admin, cuts, cut);
		await expect(withClient(through(proxy), async () => 'in')).rejects.toMatchObject({
			code: 'connection-closed',
		});
		expect(proxy.connections).toBe(1);
	});
});

test.each(ways)('migrations fail with the cause if their session %s during login', async (_way, cut) => {
	const cuts = ({ last }: Sent) => last.includes('slipway migrate ');
	await using proxy = await startCuttingProxy(server.admin, cuts, cut);
	const run = migrateUp(through(proxy, server.migrator), join(projectRoot, 'migrations'));
	await expect(run).rejects.toMatchObject({
		message: expect.stringMatching(/ended|closed|terminated|reset/i),
	});
});

test('a login does not query the types of arrays', async () => {
	await using proxy = await startCuttingProxy(server.admin, ({ last }) => last.includes('typarray'));
	expect(await withClient(through(proxy), (sql) => sql`SELECT ARRAY[1, 2] AS list`)).toEqual([
		{ list: [1, 2] },
	]);
});

test('a statement can be cancelled, although the server closes the connection that requests it', async () => {
	await using proxy = await startCuttingProxy(server.admin, () => false);
	await withClient(through(proxy), async (sql) => {
		const endless = sql`SELECT pg_sleep(600)`.execute();
		await withClient(server.admin, async (admin) => {
			const running = admin`SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()`;
			while ((await running).length === 0);
		});
		endless.cancel();
		await expect(endless).rejects.toMatchObject({ code: '57014' });
		expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
	});
});

test('a query that is sent as soon as the loss of the connection is known gets a new connection', async () => {
	await using proxy = await startCuttingProxy(
		server.admin,
		({ last }) => last.includes('SELECT 2'),
		(client) => client.resetAndDestroy(),
	);
	const sql = openClient(through(proxy));
	await sql`SELECT 1`;
	const next = sql`SELECT 2 AS two`.catch(() => sql`SELECT 3 AS three`);
	expect(await next).toEqual([{ three: 3 }]);
	await sql.end({ timeout: 0 });
});

test('all connections of a client can be reserved at once, including those still to be opened', async () => {
	const sql = openClient(server.admin, { max: 4 });
	const first = await sql.reserve();
	const others = await Promise.all([sql.reserve(), sql.reserve(), sql.reserve()]);
	const pids = await Promise.all([first, ...others].map((each) => each`SELECT pg_backend_pid()`.values()));
	expect(new Set(pids.flat(2)).size).toBe(4);
	for (const each of [first, ...others]) each.release();
	expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
	await sql.end();
});

test('reserving a connection that cannot be opened is rejected', async () => {
	await using proxy = await startCuttingProxy(server.admin, () => true);
	const sql = openClient(through(proxy));
	await expect(sql.reserve()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
	await sql.end();
});

function through(
	{ host, port }: { readonly host: string; readonly port: number },
	login: Connection = server.admin,
): Connection {
	return { ...login, host, port };
}
