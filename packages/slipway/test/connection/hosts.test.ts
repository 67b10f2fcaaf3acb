import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
	type Address,
	type Connection,
	openClient,
	type Target,
	withClient,
	withExclusiveClient,
} from '../../src/connection/index.ts';
import { createPgClient } from '../../src/pg.ts';
import { type ReplicatedServer, startReplicated } from '../helpers/standby.ts';

let servers: ReplicatedServer;
beforeAll(async () => {
	servers = await startReplicated({ migrations: false });
});
afterAll(() => servers[Symbol.asyncDispose]());

const addressOf = ({ host, port }: Address): Address => ({ host, port });
const down: Address = { host: '127.0.0.1', port: 1 };

/** The admin's login to one of `hosts`. */
function loginTo(target: Target, ...hosts: readonly Address[]): Connection {
	return { ...servers.primary.admin, choice: { hosts, target } };
}

async function silentHost(): Promise<Address> {
	const silent = createServer().listen(0, '127.0.0.1');
	await once(silent, 'listening');
	onTestFinished(() => void silent.close());
	return { host: '127.0.0.1', port: (silent.address() as AddressInfo).port };
}

const portOf = (login: Connection) =>
	withClient(login, async (sql) => Number((await sql`SHOW port`)[0]?.port));

test.each<[Target, 'primary' | 'standby']>([
	['read-write', 'primary'],
	['primary', 'primary'],
	['read-only', 'standby'],
	['standby', 'standby'],
	['prefer-standby', 'standby'],
])('%s leads to the %s, in any order, past hosts that are down or hang', async (target, role) => {
	const [primary, standby] = [addressOf(servers.primary.admin), addressOf(servers.standby.admin)];
	const silent = await silentHost();
	for (const hosts of [
		[primary, standby],
		[silent, down, standby, primary],
	])
		expect(await portOf(loginTo(target, ...hosts))).toBe(servers[role].admin.port);
});

test('any leads to a server that answers, and so does prefer-standby without a standby', async () => {
	const primary = addressOf(servers.primary.admin);
	for (const target of ['any', 'prefer-standby'] as const)
		expect(await portOf(loginTo(target, down, await silentHost(), primary))).toBe(primary.port);
});

test('the clients of migrations and those with a session of their own find the primary, too', async () => {
	const login = loginTo('read-write', addressOf(servers.standby.admin), addressOf(servers.primary.admin));
	const client = createPgClient(login, 'test');
	await client.connect();
	const { rows } = await client.query('SELECT pg_is_in_recovery() AS standby');
	await client.end();
	expect(rows).toEqual([{ standby: false }]);
	expect(await withExclusiveClient(login, (sql) => sql`SELECT pg_is_in_recovery() AS standby`)).toEqual(rows);
});

describe('if no host is right, one error', () => {
	test('lists each with its reason', async () => {
		const standby = addressOf(servers.standby.admin);
		await expect(portOf(loginTo('read-write', down, standby))).rejects.toMatchObject({
			code: 'no-suitable-host',
			message: [
				`no server of 127.0.0.1:1,127.0.0.1:${standby.port} accepts writes:`,
				'  nothing listens on 127.0.0.1:1',
				`  127.0.0.1:${standby.port} is a standby, which accepts no writes`,
			].join('\n'),
			hint: expect.stringContaining('promote a standby'),
		});
	});

	test('is that of a wrong password if a host has that reason', async () => {
		const login = loginTo('read-write', down, addressOf(servers.primary.admin));
		await expect(portOf({ ...login, password: 'SECRET' })).rejects.toMatchObject({
			code: 'wrong-password',
			message: expect.stringMatching(/nothing listens on .*\n.*does not accept the password of "postgres"/),
		});
	});
});

test('once a server is chosen, connections to the others are closed', async () => {
	const closed = Promise.withResolvers<void>();
	const silent = createServer((socket) =>
		socket
			.resume()
			.on('error', () => {})
			.on('close', closed.resolve),
	).listen(0, '127.0.0.1');
	await once(silent, 'listening');
	onTestFinished(() => void silent.close());
	const { port } = silent.address() as AddressInfo;
	const login = loginTo('any', { host: '127.0.0.1', port }, addressOf(servers.primary.admin));
	await withClient(login, (sql) => sql`SELECT 1`, { connectTimeout: 3600 });
	await closed.promise;
});

test('a client that is ended while it looks for its server leaves no connection behind', async () => {
	const login = loginTo('any', addressOf(servers.primary.admin), addressOf(servers.standby.admin));
	const client = openClient(login, { applicationName: 'ended early' });
	const query = client`SELECT 1`.execute();
	const failure = expect(query).rejects.toMatchObject({ code: 'CONNECTION_DESTROYED' });
	await client.end({ timeout: 0 });
	await failure;
	// Clients that came later have found theirs.
	for (let later = 0; later < 5; later += 1) await portOf(login);
	for (const { admin } of [servers.primary, servers.standby])
		await withClient(admin, (sql) =>
			expect
				.poll(() => sql`SELECT query FROM pg_stat_activity WHERE application_name = 'ended early'`, {
					timeout: 60_000,
				})
				.toEqual([]),
		);
});
