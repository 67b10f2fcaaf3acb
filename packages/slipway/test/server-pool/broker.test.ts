import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { acquireServer, type Broker, startBroker } from '../../src/server-pool/index.ts';
import { inputFilesOf } from '../../src/start-options.ts';
import { startPostgres } from '../../src/start-postgres.ts';
import { startModule } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

async function openBroker(onKept?: (connection: Connection) => string) {
	const starts = { begun: 0, done: 0, ports: [] as number[] };
	const kept: Connection[] = [];
	const broker = await startBroker({
		inputs: inputFilesOf,
		start: async (options) => {
			starts.begun++;
			const server = await startPostgres(options);
			starts.done++;
			starts.ports.push(server.app.port);
			return server;
		},
		onKept: onKept ?? ((connection) => `line ${kept.push(connection)}`),
	});
	onTestFinished(() => broker[Symbol.asyncDispose]());
	return { broker, starts, kept };
}

const answers = (connection: Connection) =>
	withClient(connection, (sql) => sql`SELECT 1`).then(
		() => true,
		() => false,
	);

test('a leased server has three logins, and stops when it is released', async () => {
	const { broker } = await openBroker();
	const server = await acquireServer(broker.address, {});
	for (const login of [server.app, server.migrator, server.admin]) expect(await answers(login)).toBe(true);
	await server[Symbol.asyncDispose]();
	await eventually(async () => !(await answers(server.app)));
});

test('the next server is ready before it is requested', async () => {
	const { broker, starts } = await openBroker();
	await using first = await acquireServer(broker.address, {});
	await eventually(() => starts.done === 2);
	await using second = await acquireServer(broker.address, {});
	expect(second.app.port).not.toBe(first.app.port);
});

const killServer = (admin: Connection) =>
	withClient(admin, async (sql) => {
		const path =
			await sql`SELECT setting || '/postmaster.pid' AS file FROM pg_settings WHERE name = 'data_directory'`;
		const [row] = await sql`SELECT pg_read_file(${path[0]?.file}) AS text`;
		process.kill(Number(String(row?.text).split('\n')[0]), 'SIGKILL');
	});

/** Starts a process that leases a server and then runs `body`. */
async function startClient({ address }: Broker, body: string) {
	const { child, finished, printed } = startModule(
		`import { writeSync } from 'node:fs';
		import { acquireServer } from './src/server-pool/index.ts';
		const { app, admin } = await acquireServer(JSON.parse(process.argv[1]), {});
		writeSync(1, JSON.stringify({ app, admin }) + '\\n');
		${body};`,
		[JSON.stringify(address)],
	);
	let output = '';
	child.stdout?.on('data', (text: string) => {
		output += text;
	});
	await printed(/\}\n/);
	const logins = JSON.parse(output) as Record<'app' | 'admin', Connection>;
	const kill = async () => {
		child.kill('SIGKILL');
		await finished;
	};
	return { ...logins, kill };
}

test('the server of a killed client stops', async () => {
	const { broker } = await openBroker();
	const { app, kill } = await startClient(broker, 'setInterval(() => {}, 1000)');
	expect(await answers(app)).toBe(true);
	await kill();
	await eventually(async () => !(await answers(app)));
});

test('a client killed with unread messages does not affect others', async () => {
	const { broker } = await openBroker();
	const busy = await startClient(broker, 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)');
	await killServer(busy.admin);
	await eventually(async () => !(await answers(busy.app)));
	await busy.kill();
	await using other = await acquireServer(broker.address, {});
	expect(await answers(other.app)).toBe(true);
});

test('a server that fails to stop does not affect others, and its error is thrown when the broker closes', async () => {
	const broker = await startBroker({
		inputs: inputFilesOf,
		start: async (options) => {
			const server = await startPostgres(options);
			const stop = async () => {
				await server[Symbol.asyncDispose]();
				throw new Error(`port ${server.app.port} did not stop`);
			};
			return { ...server, [Symbol.asyncDispose]: stop };
		},
		onKept: () => '',
	});
	const first = await acquireServer(broker.address, {});
	await first[Symbol.asyncDispose]();
	await eventually(async () => !(await answers(first.app)));
	await using second = await acquireServer(broker.address, {});
	expect(await answers(second.app)).toBe(true);
	const faults = await broker[Symbol.asyncDispose]().then(undefined, ({ errors }) => errors.map(String));
	expect(faults).toEqual([first, second].map(({ app }) => `Error: port ${app.port} did not stop`));
});

test('a client learns that its server exited unexpectedly', async () => {
	const { broker } = await openBroker();
	await using server = await acquireServer(broker.address, {});
	await killServer(server.admin);
	expect(await server.ended).toMatchObject({ code: 'server-ended' });
});

test.each([
	'{"token":"guess","options":{}}',
	'{"token":7,"options":{}}',
	'{"keep":{"username":"nobody"}}',
	'{}',
	'null',
	'GET / HTTP/1.1',
])('a client without the token is disconnected, and nothing starts: %s', async (line) => {
	const { broker, starts, kept } = await openBroker();
	const socket = connect(broker.address.port, '127.0.0.1');
	socket.write(`${line}\r\n${line}\r\n`);
	let received = '';
	socket.on('data', (data) => {
		received += data;
	});
	socket.on('error', () => {}); // Unread data makes the broker's close a reset.
	await once(socket, 'close');
	expect({ received, begun: starts.begun, kept }).toEqual({ received: '', begun: 0, kept: [] });
	await using _server = await acquireServer(broker.address, {});
});

test('a client that sends an endless line is disconnected', async () => {
	const { broker } = await openBroker();
	const endless = function* () {
		for (;;) yield Buffer.alloc(1024 ** 2, 'a');
	};
	await expect(pipeline(endless, connect(broker.address.port, '127.0.0.1'))).rejects.toThrow();
	await using _server = await acquireServer(broker.address, {});
});

test('a kept server outlives its lease', async () => {
	const { broker, kept } = await openBroker();
	const server = await acquireServer(broker.address, {});
	expect(await Promise.all([server.keep(server.app), server.keep(server.admin)])).toEqual([
		'line 1',
		'line 2',
	]);
	await server[Symbol.asyncDispose]();
	expect(kept.map(({ username }) => username)).toEqual([server.app.username, server.admin.username]);
	expect(await answers(server.app)).toBe(true);
	await broker.stopKept();
	expect(await answers(server.app)).toBe(false);
});

test('a failing migration is tried once, until it changes', async () => {
	const { broker, starts } = await openBroker();
	const migrations = join(temporaryDirectory(), 'migrations');
	mkdirSync(migrations);
	const file = join(migrations, '20260101000000000_wrong.sql');
	const write = (up: string) => writeFileSync(file, `-- Up Migration\n${up}\n-- Down Migration\nSELECT 1;\n`);
	write('CREATE TABEL x ();');
	const acquire = () => acquireServer(broker.address, { migrations });
	const results = await Promise.allSettled([acquire(), acquire(), acquire()]);
	for (const result of results)
		expect(result).toMatchObject({ status: 'rejected', reason: { code: 'migration-failed' } });
	const { begun } = starts;
	await expect(acquire()).rejects.toMatchObject({
		code: 'migration-failed',
		message: expect.stringContaining(file),
	});
	expect(starts.begun).toBe(begun);
	write('CREATE TABLE x ();');
	await using server = await acquire();
	expect(await withClient(server.app, (sql) => sql`SELECT * FROM x`)).toEqual([]);
	rmSync(migrations, { recursive: true });
});

test('when a migration changes, waiting requests are still served, and later ones get the change', async () => {
	const { broker } = await openBroker();
	const migrations = join(temporaryDirectory(), 'migrations');
	mkdirSync(migrations);
	const add = (name: string) =>
		writeFileSync(
			join(migrations, `${name}.sql`),
			`-- Up Migration\nCREATE TABLE t${name} ();\n-- Down Migration\nSELECT 1;\n`,
		);
	add('20260101000000000_one');
	const before = await Promise.all([
		acquireServer(broker.address, { migrations }),
		acquireServer(broker.address, { migrations }),
	]);
	const waiting = Array.from({ length: 3 }, () => acquireServer(broker.address, { migrations }));
	await Promise.race(waiting);
	add('20260102000000000_two');
	await using after = await acquireServer(broker.address, { migrations });
	for (const server of [...before, ...(await Promise.all(waiting))]) {
		expect(await answers(server.app)).toBe(true);
		await server[Symbol.asyncDispose]();
	}
	expect(await withClient(after.app, (sql) => sql`SELECT * FROM t20260102000000000_two`)).toEqual([]);
});

test('a change in the snapshot folder does not outdate servers', async () => {
	const { broker, starts } = await openBroker();
	const snapshots = join(temporaryDirectory(), 'snapshots');
	mkdirSync(snapshots);
	await using _first = await acquireServer(broker.address, { snapshots });
	await eventually(() => starts.done === 2);
	writeFileSync(join(snapshots, 'another.tar'), '');
	await using second = await acquireServer(broker.address, { snapshots });
	expect(starts.ports.slice(0, 2)).toContain(second.app.port);
});

test('when the broker closes, its servers stop', async () => {
	const { broker }: { broker: Broker } = await openBroker();
	const server = await acquireServer(broker.address, {});
	await broker[Symbol.asyncDispose]();
	expect(await answers(server.app)).toBe(false);
});

test('a client learns why its database cannot be kept, and the broker continues', async () => {
	const { broker } = await openBroker((connection) => {
		throw new Error(`no room for ${connection.username}`);
	});
	await using server = await acquireServer(broker.address, {});
	await expect(server.keep(server.app)).rejects.toThrow(`no room for ${server.app.username}`);
	expect(await answers(server.app)).toBe(true);
	await using _other = await acquireServer(broker.address, {});
});

const returnUnused = { returnUnused: true };

test('a server that nobody connected to is leased again', async () => {
	const { broker, starts } = await openBroker();
	const ports: number[] = [];
	for (let count = 0; count < 6; count++) {
		await using server = await acquireServer(broker.address, {}, returnUnused);
		ports.push(server.app.port);
	}
	expect(new Set(ports).size).toBeLessThan(6);
	expect(starts.begun).toBeLessThan(6);
});

const use: Record<string, (server: Awaited<ReturnType<typeof acquireServer>>) => Promise<unknown>> = {
	'a client that has come and gone': ({ app }) => withClient(app, (sql) => sql`SELECT 1`),
	'an administrator in another database': ({ admin }) => withClient(admin, (sql) => sql`SELECT 1`),
	'a client that asked nothing': async ({ app }) => {
		const client = new pg.Client(app);
		await client.connect();
		await client.end();
	},
	'a client that is still connected': async ({ app }) => {
		const client = new pg.Client(app);
		client.on('error', () => {});
		await client.connect();
	},
	'a client whose database is gone': ({ admin }) =>
		withClient(admin, async (sql) => {
			await sql`CREATE DATABASE other`;
			await withClient({ ...admin, database: 'other' }, (other) => other`SELECT 1`);
			await sql`DROP DATABASE other WITH (FORCE)`;
		}),
	'somebody who ends all sessions': ({ admin }) =>
		withClient(
			admin,
			(sql) => sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
		),
};

test.each(Object.entries(use))('a server used by %s is leased to nobody else', async (_, connect) => {
	const { broker } = await openBroker();
	const used: number[] = [];
	for (let count = 0; count < 4; count++) {
		await using server = await acquireServer(broker.address, {}, returnUnused);
		expect(used).not.toContain(server.app.port);
		used.push(server.app.port);
		await connect(server);
	}
});

test('a use is noticed where PostgreSQL keeps no statistics', async () => {
	const { broker } = await openBroker();
	const options = { settings: { track_counts: 'off', track_activities: 'off' } };
	const used: number[] = [];
	for (let count = 0; count < 3; count++) {
		await using server = await acquireServer(broker.address, options, returnUnused);
		expect(used).not.toContain(server.app.port);
		used.push(server.app.port);
		await withClient(server.app, (sql) => sql`SELECT 1`);
	}
});
