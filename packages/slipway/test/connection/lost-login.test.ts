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
	['when the client answers how it authenticates', ({ messages }) => messages === 2],
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

// vitest fails a run in which a promise is rejected that nobody handles.
describe('a connection is lost, and only whoever uses it is told so, without a second try', () => {
	test.each(cases)('%s %s', async (_way, _moment, cut, cuts) => {
		await using proxy = await startCuttingProxy(server.admin, cuts, cut);
		await expect(withClient(through(proxy), async () => 'in')).rejects.toMatchObject({
			code: 'connection-closed',
		});
		expect(proxy.connections).toBe(1);
	});
});

test.each(ways)('a migration run whose own session %s during its login is told so', async (_way, cut) => {
	const cuts = ({ last }: Sent) => last.includes('slipway migrate ');
	await using proxy = await startCuttingProxy(server.admin, cuts, cut);
	const run = migrateUp(through(proxy, server.migrator), join(projectRoot, 'migrations'));
	await expect(run).rejects.toMatchObject({
		message: expect.stringMatching(/ended|closed|terminated|reset/i),
	});
});

test('no login asks for the types of arrays', async () => {
	await using proxy = await startCuttingProxy(server.admin, ({ last }) => last.includes('typarray'));
	expect(await withClient(through(proxy), (sql) => sql`SELECT ARRAY[1, 2] AS list`)).toEqual([
		{ list: [1, 2] },
	]);
});

test('a statement can be cancelled: that the server closes the connection which asks for it is no failure', async () => {
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

test('every connection of a client can be reserved, those that have to be opened and several at once', async () => {
	const sql = openClient(server.admin, { max: 4 });
	const first = await sql.reserve();
	const others = await Promise.all([sql.reserve(), sql.reserve(), sql.reserve()]);
	const pids = await Promise.all([first, ...others].map((each) => each`SELECT pg_backend_pid()`.values()));
	expect(new Set(pids.flat(2)).size).toBe(4);
	for (const each of [first, ...others]) each.release();
	expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
	await sql.end();
});

test('a connection that cannot be opened cannot be reserved either', async () => {
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
