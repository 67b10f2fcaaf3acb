import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { eventually } from 'slipway/test-helpers/eventually';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/index.ts';
import type { Outstanding } from '../../src/server/stop.ts';

const local = { host: '127.0.0.1', port: 0 };

/** An app whose requests wait until the test answers them. */
function heldApp() {
	const requests: (() => void)[] = [];
	const app = new Hono().get('/', async (c) => {
		const { promise, resolve } = Promise.withResolvers<void>();
		requests.push(resolve);
		await promise;
		return c.text('answered');
	});
	return { app, requests };
}

describe('stopping', () => {
	test('answers requests in flight, and accepts no more', async () => {
		const { app, requests } = heldApp();
		const server = await startServer(app, local);
		const answers = [fetch(server.address), fetch(server.address)];
		await eventually(() => requests.length === 2);
		const stopped = server[Symbol.asyncDispose]();
		await expect(fetch(server.address)).rejects.toThrow();
		for (const answer of requests) answer();
		for (const answer of answers) expect(await (await answer).text()).toBe('answered');
		await stopped;
	});

	test('closes a connection after its next response, however busy it is', async () => {
		const server = await startServer(
			new Hono().get('/', (c) => c.text('busy')),
			local,
		);
		let stopped = false;
		let answers = 0;
		const busy = (async () => {
			const socket = open(server.address);
			for (;;) {
				socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
				const answer = String((await once(socket, 'data'))[0]);
				answers += 1;
				if (/connection: close/i.test(answer)) return answer;
				await sleep(1);
			}
		})();
		await eventually(() => answers > 0);
		await server[Symbol.asyncDispose]().then(() => {
			stopped = true;
		});
		expect(await busy).toContain('busy');
		expect(stopped).toBe(true);
	});

	test('waits neither for an idle connection nor for one that was never used', async () => {
		const server = await startServer(
			new Hono().get('/', (c) => c.text('done')),
			local,
		);
		const unused = open(server.address);
		const kept = open(server.address);
		kept.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
		await once(kept, 'data');
		const ends = [once(unused, 'close'), once(kept, 'close')];
		await server[Symbol.asyncDispose]();
		await Promise.all(ends);
	});

	test('closes connections at the deadline, and reports how many requests were not answered', async () => {
		const { app, requests } = heldApp();
		const server = await startServer(app, { ...local, stopWithin: 200 });
		const answer = expect(fetch(server.address)).rejects.toThrow();
		await eventually(() => requests.length === 1);
		await expect(server[Symbol.asyncDispose]()).rejects.toMatchObject({
			code: 'requests-cut',
			message: expect.stringContaining('1 request was not answered'),
		});
		await answer;
	});

	test.each([
		['half a request', 'GET / HTTP/1.1\r\nHo'],
		['half a request after a whole one', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT'],
	])('does not wait for %s', async (_, text) => {
		const server = await startServer(
			new Hono().get('/', (c) => c.text('done')),
			{ ...local, stopWithin: 600_000 },
		);
		const socket = open(server.address);
		await once(socket, 'connect');
		socket.resume().write(text);
		await sleep(20);
		await server[Symbol.asyncDispose]();
	});

	test('waits briefly for a client that does not read, and reports it', async () => {
		const reports: Outstanding[] = [];
		const app = new Hono().get('/', (c) => c.text('x'.repeat(20_000_000)));
		const server = await startServer(app, {
			...local,
			stopWithin: 600_000,
			onSlowStop: (outstanding) => reports.push(outstanding),
		});
		const socket = open(server.address);
		socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
		await once(socket, 'readable');
		await server[Symbol.asyncDispose]();
		expect(reports).toEqual([{ unanswered: 0, unread: 1 }]);
	});

	test('waits for a request whose client has disconnected, since the app is still handling it', async () => {
		const { app, requests } = heldApp();
		const server = await startServer(app, { ...local, stopWithin: 600_000 });
		const socket = open(server.address);
		socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
		await eventually(() => requests.length === 1);
		socket.destroy();
		let stopped = false;
		const stop = server[Symbol.asyncDispose]().then(() => {
			stopped = true;
		});
		await sleep(300);
		expect(stopped).toBe(false);
		requests[0]?.();
		await stop;
	});

	test('twice stops once', async () => {
		const server = await startServer(new Hono(), local);
		await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
	});
});

describe('listening', () => {
	test('on a port in use fails with the port and suggests another', async () => {
		const other = createServer().listen(0, '127.0.0.1');
		onTestFinished(() => void other.close());
		await once(other, 'listening');
		const { port } = other.address() as AddressInfo;
		await expect(startServer(new Hono(), { host: '127.0.0.1', port })).rejects.toMatchObject({
			code: 'port-in-use',
			message: expect.stringContaining(String(port)),
			hint: expect.stringContaining('PORT='),
		});
	});

	test('on an address that this machine does not have fails with the address', async () => {
		await expect(startServer(new Hono(), { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
			code: 'host-unusable',
			message: expect.stringContaining('192.0.2.1'),
		});
	});

	test.each([
		['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+\/$/],
		['localhost', /^http:\/\/localhost:\d+\/$/],
		['0.0.0.0', /^http:\/\/localhost:\d+\/$/],
	])('on %s returns a URL for a browser', async (host, address) => {
		await using server = await startServer(
			new Hono().get('/', (c) => c.text('here')),
			{ host, port: 0 },
		);
		expect(server.address).toMatch(address);
		expect(await (await fetch(server.address)).text()).toBe('here');
	});
});

function open(address: string) {
	const { hostname, port } = new URL(address);
	const socket = connect({ host: hostname, port: Number(port) });
	socket.on('error', () => {});
	onTestFinished(() => void socket.destroy());
	return socket;
}
