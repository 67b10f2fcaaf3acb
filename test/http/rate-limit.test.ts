import { describe, expect, test } from 'vitest';
import { networkOf, Windows } from '../../src/http/rate-limit.ts';
import { createApp, createLogger, type RunningServer, startServer } from '../../src/index.ts';
import { emptyMetrics } from '../helpers/empty-metrics.ts';
import { quietLive } from '../helpers/quiet-live.ts';

const counters = { hit: async () => 1n, read: async () => 1n, list: async () => [] };

async function startLimited(trustedProxies: number): Promise<RunningServer> {
	const app = createApp({
		counters,
		checkReadiness: async () => ({ ready: true }),
		metrics: emptyMetrics(),
		live: quietLive(),
		logger: createLogger('silent'),
		rateLimit: { requests: 2, trustedProxies },
	});
	return await startServer(app, { host: '127.0.0.1', port: 0 });
}

test('an address that sends too many requests to the API gets 429 with the time to wait, and the page does not', async () => {
	await using server = await startLimited(0);
	const ask = (path: string) => fetch(new URL(path, server.address));
	const answers = [await ask('api/counters'), await ask('api/counters/a'), await ask('api/counters/a')];
	expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
	for (const { headers } of answers) expect(headers.get('ratelimit-policy')).toBe('"address";q=2;w=60');
	expect(answers.map(({ headers }) => headers.get('ratelimit')?.replace(/t=\d+$/, 't'))).toEqual([
		'"address";r=1;t',
		'"address";r=0;t',
		'"address";r=0;t',
	]);
	const [, , refused] = answers;
	expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(await refused?.json()).toMatchObject({
		status: 429,
		detail: 'An address may send 2 requests in 60 seconds.',
	});
	for (const path of ['', 'api/counter', 'livez']) {
		const { status, headers } = await ask(path);
		expect([status, headers.get('ratelimit')]).toEqual([200, null]);
	}
});

describe('requests with X-Forwarded-For', () => {
	/** How many requests are left to each of these clients, of two. */
	async function ask(trustedProxies: number, clients: readonly string[]): Promise<(string | undefined)[]> {
		await using server = await startLimited(trustedProxies);
		const left: (string | undefined)[] = [];
		for (const client of clients) {
			const { headers } = await fetch(`${server.address}api/counters`, {
				headers: { 'X-Forwarded-For': client },
			});
			left.push(headers.get('ratelimit')?.match(/r=(\d)/)?.[1]);
		}
		return left;
	}

	test('are of one client unless proxies are trusted', async () => {
		expect(await ask(0, ['192.0.2.1', '192.0.2.2', '192.0.2.3'])).toEqual(['1', '0', '0']);
	});

	test('behind one proxy are those of the address that it adds, whatever the client sends', async () => {
		expect(await ask(1, ['192.0.2.1', '192.0.2.2', '192.0.2.9, 192.0.2.1'])).toEqual(['1', '1', '0']);
	});

	test('behind two proxies are those of the last address but one', async () => {
		const clients = ['192.0.2.1, 10.0.0.1', '192.0.2.2,10.0.0.1', '192.0.2.9, 192.0.2.1, 10.0.0.1'];
		expect(await ask(2, clients)).toEqual(['1', '1', '0']);
	});

	test('count for the address of the connection if the header has no valid one', async () => {
		expect(await ask(1, ['unknown', '', 'x'.repeat(1000)])).toEqual(['1', '0', '0']);
	});
});

test('a client begins again after a minute', () => {
	const windows = new Windows();
	expect(windows.count('a', 0)).toEqual({ used: 1, secondsLeft: 60 });
	expect(windows.count('a', 59_001)).toEqual({ used: 2, secondsLeft: 1 });
	expect(windows.count('a', 60_000)).toEqual({ used: 1, secondsLeft: 60 });
});

test('the time that is left is never more than a minute', () => {
	const windows = new Windows();
	for (let i = 0; i < 100; i++) expect(windows.count(`client ${i}`, 1000 + i * 0.1).secondsLeft).toBe(60);
});

test('the memory for clients is limited, and is freed', () => {
	const windows = new Windows();
	for (let i = 0; i < 20_000; i++) windows.count(`client ${i}`, 0);
	expect(windows.size).toBe(10_000);
	windows.count('another', 60_000);
	expect(windows.size).toBe(1);
});

test.each([
	['192.0.2.1', '192.0.2.1'],
	['::ffff:192.0.2.1', '192.0.2.1'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
	['2001:db8::6', '2001:db8:0:0'],
	['::1', '0:0:0:0'],
	['', ''],
])('the address %s counts as %s', (address, network) => {
	expect(networkOf(address)).toBe(network);
});
