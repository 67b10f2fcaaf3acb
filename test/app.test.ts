import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../src/database/unavailable-error.ts';
import { type Counters, createApp, createLogger, type Readiness, startServer } from '../src/index.ts';
import { emptyMetrics } from './helpers/empty-metrics.ts';
import { quietLive } from './helpers/quiet-live.ts';

/** An app with a counter in memory. The counter's own tests use the database. */
function setUp({
	counters = counterAt(0n),
	readiness = { ready: true } as Readiness,
	level = 'info' as const,
} = {}) {
	const lines: string[] = [];
	const logger = createLogger(level, { write: (line) => lines.push(line) });
	const app = createApp({
		counters,
		live: quietLive(),
		checkReadiness: async () => readiness,
		metrics: emptyMetrics(),
		logger,
	});
	return { app, counters, log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

function counterAt(start: bigint): Counters {
	let value = start;
	return {
		hit: async () => {
			value += 1n;
			return value;
		},
		read: async () => value,
		list: async () => [{ name: 'visits', count: value }],
	};
}

const failing = (error: Error): Counters => ({
	hit: () => Promise.reject(error),
	read: () => Promise.reject(error),
	list: () => Promise.reject(error),
});

describe('GET /', () => {
	test('counts a visit and shows its number', async () => {
		const { app } = setUp({ counters: counterAt(41n) });
		const response = await app.request('/');
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
		expect(await response.text()).toContain('<h1>Counter: 42</h1>');
		expect(await (await app.request('/')).text()).toContain('<h1>Counter: 43</h1>');
	});

	test('may not be cached, and loads nothing but its own files', async () => {
		const { headers } = await setUp().app.request('/');
		expect(headers.get('cache-control')).toBe('no-store');
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(headers.get('content-security-policy')).not.toMatch(/unsafe|http|\*/);
		expect(headers.get('x-content-type-options')).toBe('nosniff');
	});

	test('HEAD answers with the same headers and does not count', async () => {
		const { app, counters } = setUp();
		const get = await app.request('/');
		const head = await app.request('/', { method: 'HEAD' });
		expect(head.status).toBe(200);
		expect(await head.text()).toBe('');
		expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
		expect(await counters.read('visits')).toBe(1n);
	});

	test.each([
		['Sec-Purpose', 'prefetch'],
		['Sec-Purpose', 'prefetch;prerender'],
		['Sec-Purpose', 'prefetch;anonymous-client-ip'],
		['Purpose', 'prefetch'],
		['Purpose', 'Preview'],
		['X-Moz', 'prefetch'],
	])('a prefetch (%s: %s) does not count, and gets nothing to cache or show', async (name, value) => {
		const { app, counters } = setUp();
		const response = await app.request('/', { headers: { [name]: value } });
		expect(response.ok).toBe(false);
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(await response.text()).not.toContain('Counter:');
		expect(await counters.read('visits')).toBe(0n);
	});
});

test('the files of the page may be kept for good, and one that it does not have is 404', async () => {
	const { app } = setUp();
	const page = await (await app.request('/counter')).text();
	const files = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
	expect(files).toHaveLength(3);
	for (const path of files) {
		const { status, headers } = await app.request(path);
		expect(status).toBe(200);
		expect(headers.get('cache-control')).toContain('immutable');
		expect(headers.get('x-content-type-options')).toBe('nosniff');
	}
	expect((await app.request('/assets/old/page.js')).status).toBe(404);
});

describe('POST /counter', () => {
	const post = async (headers: Record<string, string>) => {
		const { app, counters } = setUp();
		const response = await app.request('http://counter.test/counter', { method: 'POST', headers });
		return { response, count: await counters.read('visits') };
	};

	test.each([{ 'Sec-Fetch-Site': 'same-origin' }, { Origin: 'http://counter.test' }])(
		'counts and leads to the page if the form is its own: %o',
		async (headers) => {
			const { response, count } = await post(headers as Record<string, string>);
			expect(response.status).toBe(303);
			expect(response.headers.get('location')).toBe('/counter');
			expect(count).toBe(1n);
		},
	);

	test.each([{}, { 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'http://other.test' }, { Origin: 'null' }])(
		'is refused and not counted if the form may be from elsewhere: %o',
		async (headers) => {
			const { response, count } = await post(headers as Record<string, string>);
			expect(response.status).toBe(403);
			expect(count).toBe(0n);
		},
	);
});

test('the events of a page start at once, and HEAD opens none', async () => {
	const { app } = setUp();
	await using server = await startServer(app, { host: '127.0.0.1', port: 0 });
	const address = `${server.address}api/counter/events`;
	expect((await fetch(address, { method: 'HEAD' })).status).toBe(200);
	const client = new AbortController();
	const response = await fetch(address, { signal: client.signal });
	expect(response.headers.get('content-type')).toBe('text/event-stream');
	expect(response.headers.get('x-request-id')).toMatch(/./);
	const { value } = (await response.body?.getReader().read()) ?? {};
	expect(new TextDecoder().decode(value)).toMatch(/^retry: \d+/);
	client.abort();
});

describe('/api/counter', () => {
	test('POST counts', async () => {
		const { app } = setUp();
		const response = await app.request('/api/counter', { method: 'POST' });
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.text()).toBe('{"count":1}');
	});

	test('GET only reads', async () => {
		const { app } = setUp({ counters: counterAt(7n) });
		await app.request('/api/counter');
		expect(await (await app.request('/api/counter')).json()).toEqual({ count: 7 });
	});

	test('a number beyond 2^53 keeps its digits', async () => {
		const { app } = setUp({ counters: counterAt(2n ** 53n) });
		const response = await app.request('/api/counter', { method: 'POST' });
		expect(await response.text()).toBe('{"count":9007199254740993}');
		expect(await (await app.request('/')).text()).toContain('<h1>Counter: 9007199254740994</h1>');
	});
});

test('the favicon does not count', async () => {
	const { app, counters } = setUp();
	expect((await app.request('/favicon.ico')).status).toBe(204);
	expect(await counters.read('visits')).toBe(0n);
});

describe('health', () => {
	test('/livez succeeds without the database', async () => {
		const { app } = setUp({ counters: failing(new Error('no database')) });
		expect((await app.request('/livez')).status).toBe(200);
	});

	test('/readyz succeeds when the service is ready', async () => {
		const response = await setUp().app.request('/readyz');
		expect(response.status).toBe(200);
		expect(await response.json()).toEqual({ ready: true });
	});

	test('/readyz runs one check at a time, however many requests arrive', async () => {
		let checks = 0;
		const checkReadiness = async () => {
			checks += 1;
			await sleep(20);
			return { ready: true } as const;
		};
		const app = createApp({
			counters: counterAt(0n),
			live: quietLive(),
			checkReadiness,
			metrics: emptyMetrics(),
			logger: createLogger('silent'),
		});
		const ask = () => Promise.all(Array.from({ length: 100 }, () => app.request('/readyz')));
		for (const response of await ask()) expect(response.status).toBe(200);
		expect(checks).toBe(1);
		await ask();
		expect(checks).toBe(2);
	});

	test('/readyz lists pending migrations', async () => {
		const readiness = { ready: false, reason: 'migrations are pending', pending: ['1_counter'] } as const;
		const response = await setUp({ readiness }).app.request('/readyz');
		expect(response.status).toBe(503);
		expect(await response.json()).toEqual(readiness);
	});
});

describe('an unrouted request', () => {
	test('to an unknown path gets 404', async () => {
		const response = await setUp().app.request('/nothing');
		expect(response.status).toBe(404);
		expect(await response.json()).toEqual({
			type: 'about:blank',
			title: 'Not Found',
			status: 404,
			request_id: expect.stringMatching(/^[\da-f]{16}-\d+$/),
		});
	});

	test.each([
		['DELETE', '/', 'GET, HEAD'],
		['POST', '/', 'GET, HEAD'],
		['PUT', '/api/counter', 'GET, HEAD, POST'],
		['PROPFIND', '/livez', 'GET, HEAD'],
	])('%s %s gets 405 with the allowed methods', async (method, path, allow) => {
		const { app, counters } = setUp();
		const response = await app.request(path, { method });
		expect(response.status).toBe(405);
		expect(response.headers.get('allow')).toBe(allow);
		expect(await counters.read('visits')).toBe(0n);
	});

	test.each([
		['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
		['application/json', 'application/problem+json'],
		['text/html;q=0.1, application/json', 'application/problem+json'],
		['*/*', 'application/problem+json'],
	])('with Accept: %s gets %s', async (accept, type) => {
		const response = await setUp().app.request('/nothing', { headers: { Accept: accept } });
		expect(response.headers.get('content-type')).toBe(type);
	});
});

describe('a failure', () => {
	const unavailable = () => new UnavailableError('server-refuses', 'nothing listens on db:5432', 'Start it.');

	test('of the database is 503 with Retry-After, and its cause is logged', async () => {
		const { app, log } = setUp({ counters: failing(unavailable()) });
		const response = await app.request('/');
		expect(response.status).toBe(503);
		expect(response.headers.get('retry-after')).toBe('1');
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(await response.text()).not.toContain('5432');
		expect(log()).toMatchObject([{ level: 50, code: 'server-refuses', msg: 'nothing listens on db:5432' }]);
	});

	test('that many requests share is logged once', async () => {
		const { app, log } = setUp({ counters: failing(unavailable()) });
		await Promise.all([app.request('/'), app.request('/'), app.request('/api/counter', { method: 'POST' })]);
		expect(log()).toHaveLength(1);
	});

	test('that is unexpected is 500 without internals, and is logged with its stack', async () => {
		const { app, log } = setUp({ counters: failing(new TypeError('secret internals')) });
		const response = await app.request('/', { headers: { Accept: 'text/html' } });
		expect(response.status).toBe(500);
		expect(response.headers.get('retry-after')).toBe(null);
		expect(await response.text()).not.toContain('secret internals');
		expect(log()).toMatchObject([{ level: 50, err: { message: 'secret internals' }, path: '/' }]);
	});
});
