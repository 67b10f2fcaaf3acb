import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { type Broker, borrowServer, startBroker } from '../../src/standby/index.ts';
import { inputsOf } from '../../src/start-options.ts';
import { startPostgres } from '../../src/start-postgres.ts';
import { startModule } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

async function openBroker(onKept?: (connection: Connection) => string) {
	const starts = { begun: 0, done: 0, ports: [] as number[] };
	const kept: Connection[] = [];
	const broker = await startBroker({
		inputs: inputsOf,
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

test('a borrower has a server with three logins, until it gives it back', async () => {
	const { broker } = await openBroker();
	const server = await borrowServer(broker.address, {});
	for (const login of [server.app, server.migrator, server.admin]) expect(await answers(login)).toBe(true);
	await server[Symbol.asyncDispose]();
	await eventually(async () => !(await answers(server.app)));
});

test('the next server is ready before it is asked for', async () => {
	const { broker, starts } = await openBroker();
	await using first = await borrowServer(broker.address, {});
	await eventually(() => starts.done === 2);
	await using second = await borrowServer(broker.address, {});
	expect(second.app.port).not.toBe(first.app.port);
});

const killServer = (admin: Connection) =>
	withClient(admin, async (sql) => {
		const path =
			await sql`SELECT setting || '/postmaster.pid' AS file FROM pg_settings WHERE name = 'data_directory'`;
		const [row] = await sql`SELECT pg_read_file(${path[0]?.file}) AS text`;
		process.kill(Number(String(row?.text).split('\n')[0]), 'SIGKILL');
	});

/** A process of its own that borrows a server and then does `ending`. */
async function startBorrower({ address }: Broker, ending: string) {
	const { child, finished, printed } = startModule(
		`import { writeSync } from 'node:fs';
		import { borrowServer } from './src/standby/index.ts';
		const { app, admin } = await borrowServer(JSON.parse(process.argv[1]), {});
		writeSync(1, JSON.stringify({ app, admin }) + '\\n');
		${ending};`,
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

test('a borrower that is killed loses its server', async () => {
	const { broker } = await openBroker();
	const { app, kill } = await startBorrower(broker, 'setInterval(() => {}, 1000)');
	expect(await answers(app)).toBe(true);
	await kill();
	await eventually(async () => !(await answers(app)));
});

test('a borrower that is killed before it has read what it was told harms no other', async () => {
	const { broker } = await openBroker();
	const busy = await startBorrower(broker, 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)');
	await killServer(busy.admin);
	await eventually(async () => !(await answers(busy.app)));
	await busy.kill();
	await using other = await borrowServer(broker.address, {});
	expect(await answers(other.app)).toBe(true);
});

test('a server that does not end well harms no other, and is told of when the broker closes', async () => {
	const broker = await startBroker({
		inputs: inputsOf,
		start: async (options) => {
			const server = await startPostgres(options);
			const end = async () => {
				await server[Symbol.asyncDispose]();
				throw new Error(`port ${server.app.port} did not end well`);
			};
			return { ...server, [Symbol.asyncDispose]: end };
		},
		onKept: () => '',
	});
	const first = await borrowServer(broker.address, {});
	await first[Symbol.asyncDispose]();
	await eventually(async () => !(await answers(first.app)));
	await using second = await borrowServer(broker.address, {});
	expect(await answers(second.app)).toBe(true);
	const faults = await broker[Symbol.asyncDispose]().then(undefined, ({ errors }) => errors.map(String));
	expect(faults).toEqual([first, second].map(({ app }) => `Error: port ${app.port} did not end well`));
});

test('a borrower hears that its server has ended by itself', async () => {
	const { broker } = await openBroker();
	await using server = await borrowServer(broker.address, {});
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
])('whoever does not know the token is hung up on, and nothing comes of it: %s', async (line) => {
	const { broker, starts, kept } = await openBroker();
	const socket = connect(broker.address.port, '127.0.0.1');
	socket.write(`${line}\r\n${line}\r\n`);
	let received = '';
	socket.on('data', (data) => {
		received += data;
	});
	socket.on('error', () => {}); // What it did not read makes the end of the connection a hard one.
	await once(socket, 'close');
	expect({ received, begun: starts.begun, kept }).toEqual({ received: '', begun: 0, kept: [] });
	await using _server = await borrowServer(broker.address, {});
});

test('whoever sends a line without end is hung up on', async () => {
	const { broker } = await openBroker();
	const withoutEnd = function* () {
		for (;;) yield Buffer.alloc(1024 ** 2, 'a');
	};
	await expect(pipeline(withoutEnd, connect(broker.address.port, '127.0.0.1'))).rejects.toThrow();
	await using _server = await borrowServer(broker.address, {});
});

test('a kept server outlives its loan', async () => {
	const { broker, kept } = await openBroker();
	const server = await borrowServer(broker.address, {});
	expect(await Promise.all([server.keep(server.app), server.keep(server.admin)])).toEqual([
		'line 1',
		'line 2',
	]);
	await server[Symbol.asyncDispose]();
	expect(kept.map(({ username }) => username)).toEqual([server.app.username, server.admin.username]);
	expect(await answers(server.app)).toBe(true);
	await broker.endKept();
	expect(await answers(server.app)).toBe(false);
});

test('a migration that fails is tried once, until it is changed', async () => {
	const { broker, starts } = await openBroker();
	const migrations = join(temporaryDirectory(), 'migrations');
	mkdirSync(migrations);
	const file = join(migrations, '20260101000000000_wrong.sql');
	const write = (up: string) => writeFileSync(file, `-- Up Migration\n${up}\n-- Down Migration\nSELECT 1;\n`);
	write('CREATE TABEL x ();');
	const borrow = () => borrowServer(broker.address, { migrations });
	const results = await Promise.allSettled([borrow(), borrow(), borrow()]);
	for (const result of results)
		expect(result).toMatchObject({ status: 'rejected', reason: { code: 'migration-failed' } });
	const { begun } = starts;
	await expect(borrow()).rejects.toMatchObject({
		code: 'migration-failed',
		message: expect.stringContaining(file),
	});
	expect(starts.begun).toBe(begun);
	write('CREATE TABLE x ();');
	await using server = await borrow();
	expect(await withClient(server.app, (sql) => sql`SELECT * FROM x`)).toEqual([]);
	rmSync(migrations, { recursive: true });
});

test('who waits while a migration changes is served, and who comes after has it', async () => {
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
		borrowServer(broker.address, { migrations }),
		borrowServer(broker.address, { migrations }),
	]);
	const waiting = Array.from({ length: 3 }, () => borrowServer(broker.address, { migrations }));
	await Promise.race(waiting);
	add('20260102000000000_two');
	await using after = await borrowServer(broker.address, { migrations });
	for (const server of [...before, ...(await Promise.all(waiting))]) {
		expect(await answers(server.app)).toBe(true);
		await server[Symbol.asyncDispose]();
	}
	expect(await withClient(after.app, (sql) => sql`SELECT * FROM t20260102000000000_two`)).toEqual([]);
});

test('the folder that keeps snapshots is no reason to start anew', async () => {
	const { broker, starts } = await openBroker();
	const snapshots = join(temporaryDirectory(), 'snapshots');
	mkdirSync(snapshots);
	await using _first = await borrowServer(broker.address, { snapshots });
	await eventually(() => starts.done === 2);
	writeFileSync(join(snapshots, 'another.tar'), '');
	await using second = await borrowServer(broker.address, { snapshots });
	expect(starts.ports.slice(0, 2)).toContain(second.app.port);
});

test('when the broker ends, its servers do, and borrowers hear of it', async () => {
	const { broker }: { broker: Broker } = await openBroker();
	const server = await borrowServer(broker.address, {});
	await broker[Symbol.asyncDispose]();
	expect(await answers(server.app)).toBe(false);
});

test('a borrower whose database cannot be kept hears why, and the broker goes on', async () => {
	const { broker } = await openBroker((connection) => {
		throw new Error(`no room for ${connection.username}`);
	});
	await using server = await borrowServer(broker.address, {});
	await expect(server.keep(server.app)).rejects.toThrow(`no room for ${server.app.username}`);
	expect(await answers(server.app)).toBe(true);
	await using _other = await borrowServer(broker.address, {});
});
