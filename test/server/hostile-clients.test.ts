import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { eventually } from 'slipway/test-helpers/eventually';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/index.ts';
import type { ServerOptions } from '../../src/server/server.ts';
import { openRawClient, requestFor } from '../helpers/raw-client.ts';

/** A server that responds at once, except to the path /held: those requests wait until the test answers them. */
async function serve(options: Partial<ServerOptions> = {}) {
	const held: (() => void)[] = [];
	const paths: string[] = [];
	const app = new Hono().get('*', async (c) => {
		paths.push(c.req.path);
		if (c.req.path === '/held') await new Promise<void>((resolve) => held.push(resolve));
		return c.text(c.req.path === '/large' ? 'x'.repeat(4_000_000) : `answer to ${c.req.path}`);
	});
	const server = await startServer(app, { host: '127.0.0.1', port: 0, ...options });
	onTestFinished(async () => {
		for (const answer of held) answer();
		await server[Symbol.asyncDispose]();
	});
	return { address: server.address, held, paths };
}

describe('a client that does not wait for responses', () => {
	test('gets them in order, one request at a time', async () => {
		const { address, held, paths } = await serve();
		const client = openRawClient(address);
		client.socket.write(['/held', '/2', '/3'].map((path) => requestFor(path)).join(''));
		await eventually(() => held.length === 1);
		expect(await (await fetch(`${address}other`)).text()).toBe('answer to /other');
		expect(paths).toEqual(['/held', '/other']);
		held[0]?.();
		const received = await client.receives(/answer to \/3/);
		expect(received.match(/answer to \S+/g)?.map((text) => text.replace(/HTTP.*/, ''))).toEqual([
			'answer to /held',
			'answer to /2',
			'answer to /3',
		]);
	});

	test('shares a few slots with all others of its kind, and is served even if it has to wait for one', async () => {
		const { address, held, paths } = await serve();
		const clients = Array.from({ length: 20 }, () => openRawClient(address));
		for (const { socket } of clients) socket.write(requestFor('/first') + requestFor('/held'));
		await eventually(() => held.length === 8 && paths.filter((path) => path === '/first').length === 20);
		for (let i = 0; i < 20; i++)
			expect(await (await fetch(`${address}polite`)).text()).toBe('answer to /polite');
		expect(held).toHaveLength(8);
		for (let answered = 0; answered < 20; answered++) {
			await eventually(() => held.length > answered);
			held[answered]?.();
		}
		for (const client of clients) await client.receives(/answer to \/held/);
	});

	test('gets at most 8 responses on a connection; the last one announces the close', async () => {
		const { address, paths } = await serve();
		const client = openRawClient(address);
		client.socket.write(requestFor('/').repeat(2000));
		await client.closed;
		expect(client.statuses()).toEqual(Array(8).fill(200));
		expect(client.received().match(/connection: close/gi)).toHaveLength(1);
		expect(paths).toHaveLength(8);
	});

	test('and does not read them keeps one of them in memory', async () => {
		const { address, paths } = await serve();
		const client = openRawClient(address);
		await once(client.socket, 'connect');
		client.socket.pause();
		client.socket.write(requestFor('/large').repeat(7) + requestFor('/end'));
		await eventually(() => paths.length > 0);
		for (let i = 0; i < 50; i++) await fetch(`${address}polite`);
		// The system's buffers hold the first few.
		expect(paths.filter((path) => path === '/large').length).toBeLessThan(6);
		client.socket.resume();
		await eventually(() => client.received().endsWith('answer to /end'));
	});

	test('frees its slot for others when it disconnects', async () => {
		const { address, held } = await serve();
		const clients = Array.from({ length: 30 }, () => openRawClient(address));
		for (const { socket } of clients) socket.write(requestFor('/first') + requestFor('/held'));
		await eventually(() => held.length === 8);
		for (const { socket } of clients) socket.destroy();
		const later = openRawClient(address);
		later.socket.write(requestFor('/first') + requestFor('/last'));
		await eventually(() => {
			for (const answer of held) answer();
			return later.received().includes('answer to /last');
		});
	});

	test.each([
		['without a host', requestFor('/', ''), 400],
		['with an expectation', requestFor('/', 'Host: localhost\r\nExpect: a miracle\r\n'), 417],
	])('has requests %s rejected in their turn, and the connection closed', async (_, request, status) => {
		const { address, held } = await serve();
		const client = openRawClient(address);
		client.socket.write(requestFor('/held') + request.repeat(1000));
		await eventually(() => held.length === 1);
		expect(client.statuses()).toEqual([]);
		held[0]?.();
		await client.closed;
		expect(client.statuses()).toEqual([200, status]);
	});
});

describe('a client that holds connections', () => {
	test('without a request is disconnected for new clients, but one that uses its connection is not', async () => {
		const { address } = await serve({ maxConnections: 3 });
		const used = openRawClient(address);
		await once(used.socket, 'connect');
		const idle = [openRawClient(address), openRawClient(address)];
		for (const { socket } of idle) await once(socket, 'connect');
		idle[0]?.socket.write('GET / HTTP/1.1\r\nHo');
		used.socket.write(requestFor('/1'));
		await used.receives(/answer to \/1/);
		const client = openRawClient(address);
		client.socket.write(requestFor('/2'));
		await client.receives(/answer to \/2/);
		await idle[0]?.closed;
		used.socket.write(requestFor('/3'));
		await used.receives(/answer to \/3/);
		expect(idle[1]?.socket.readyState).toBe('open');
	});

	test('without reading is disconnected for new clients too', async () => {
		const { address, paths } = await serve({ maxConnections: 1 });
		const greedy = openRawClient(address);
		await once(greedy.socket, 'connect');
		greedy.socket.pause();
		greedy.socket.write(requestFor('/large').repeat(10));
		await eventually(() => paths.length > 0);
		const client = openRawClient(address);
		client.socket.write(requestFor('/'));
		await client.receives(/answer to \//);
	});

	test('that wait for a slot is disconnected for new clients too', async () => {
		const { address, held } = await serve({ maxConnections: 9 });
		const clients = Array.from({ length: 9 }, () => openRawClient(address));
		for (const { socket } of clients) socket.write(requestFor('/first') + requestFor('/held'));
		await eventually(() => held.length === 8 && clients.every((client) => client.statuses().length === 1));
		const client = openRawClient(address);
		client.socket.write(requestFor('/'));
		await client.receives(/answer to \//);
	});

	test('without reading is disconnected after a timeout', async () => {
		const { address } = await serve({ stallTimeout: 100 });
		const client = openRawClient(address);
		client.socket.pause();
		client.socket.write(requestFor('/large').repeat(8));
		await sleep(3000);
		client.socket.resume();
		await client.closed;
		expect(client.statuses().length).toBeLessThan(8);
	});

	test('whose requests are being handled is not disconnected for a new one', async () => {
		const { address, held } = await serve({ maxConnections: 1 });
		const first = openRawClient(address);
		first.socket.write(requestFor('/held'));
		await eventually(() => held.length === 1);
		await openRawClient(address).closed;
		held[0]?.();
		await first.receives(/answer to \/held/);
	});
});

describe('a request with an unexpected body', () => {
	test('is answered; the connection is closed if the body has not arrived by then', async () => {
		const { address } = await serve();
		const client = openRawClient(address);
		client.socket.write(requestFor('/', 'Host: localhost\r\nContent-Length: 1000000000\r\n'));
		await client.closed;
		expect(client.statuses()).toEqual([200]);
	});

	test('keeps the connection if the body is short', async () => {
		const { address } = await serve();
		const client = openRawClient(address);
		client.socket.write(`${requestFor('/', 'Host: localhost\r\nContent-Length: 4\r\n')}body`);
		await client.receives(/answer to \//);
		client.socket.write(requestFor('/again'));
		await client.receives(/answer to \/again/);
	});

	test('gets 100 Continue if the client waits for that', async () => {
		const { address } = await serve();
		const client = openRawClient(address);
		client.socket.write(requestFor('/', 'Host: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n'));
		await client.receives(/answer to \//);
		expect(client.statuses()).toEqual([100, 200]);
	});
});

test('an unsupported Upgrade is treated as an ordinary request', async () => {
	const { address } = await serve();
	const client = openRawClient(address);
	client.socket.write(requestFor('/', 'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'));
	await client.receives(/answer to \//);
	expect(client.statuses()).toEqual([200]);
});

test('headers of more than 16 KB are rejected, and HTTP/1.0 is served without a host', async () => {
	const { address } = await serve();
	const long = openRawClient(address);
	long.socket.write(requestFor(`/${'x'.repeat(20_000)}`));
	await long.closed;
	expect(long.statuses()).toEqual([431]);
	const old = openRawClient(address);
	old.socket.write('GET /old HTTP/1.0\r\n\r\n');
	await old.closed;
	expect(old.received()).toContain('answer to /old');
});
