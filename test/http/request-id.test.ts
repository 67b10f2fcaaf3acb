import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, createLogger, type RunningServer, startServer } from '../../src/index.ts';
import { emptyMetrics } from '../helpers/empty-metrics.ts';
import { quietLive } from '../helpers/quiet-live.ts';

const lines: string[] = [];
let server: RunningServer;
beforeAll(async () => {
	const app = createApp({
		counters: {
			hit: () => Promise.reject(new TypeError('broken')),
			read: async () => 0n,
			list: async () => [],
		},
		live: quietLive(),
		checkReadiness: async () => ({ ready: true }),
		metrics: emptyMetrics(),
		logger: createLogger('info', { write: (line) => lines.push(line) }),
	});
	server = await startServer(app, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server[Symbol.asyncDispose]());

const ask = (path: string, headers: Record<string, string> = {}) =>
	fetch(`${server.address}${path}`, { headers });
const idOf = ({ headers }: Response) => headers.get('x-request-id');

test('every response has an id of its own', async () => {
	const ids = await Promise.all(
		['livez', 'api/counter', 'nothing'].map(async (path) => idOf(await ask(path))),
	);
	expect(new Set(ids).size).toBe(3);
	for (const id of ids) expect(id).toMatch(/^[\da-f]{16}-\d+$/);
});

test.each([
	'7b3f1d52-2d4e-4d8b-9a53-1f1f7f2c8d11',
	'Root=1-67891233-abcdef012345678912345678',
	'x'.repeat(128),
])('an id that the client or a proxy sent is kept: %s', async (id) => {
	expect(idOf(await ask('livez', { 'X-Request-Id': id }))).toBe(id);
});

test.each(['', 'a b', '<script>', '"', 'x'.repeat(129), 'é'])('another id is replaced: %j', async (id) => {
	expect(idOf(await ask('livez', { 'X-Request-Id': id }))).toMatch(/^[\da-f]{16}-\d+$/);
});

test('an error shows the id, and the log line about it has the id and the trace', async () => {
	const trace = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' };
	const sent = { 'X-Request-Id': 'req-1', traceparent: `00-${trace.trace_id}-${trace.span_id}-01` };
	expect(await (await ask('', sent)).json()).toMatchObject({ status: 500, request_id: 'req-1' });
	expect(lines.map((line) => JSON.parse(line))).toMatchObject([
		{ msg: 'unexpected error', request_id: 'req-1', ...trace },
	]);
	const page = await ask('nothing', { 'X-Request-Id': 'req-2', Accept: 'text/html' });
	expect(await page.text()).toContain('<code>req-2</code>');
});
