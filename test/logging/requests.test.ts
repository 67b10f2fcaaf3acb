import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import type { LogLevel } from 'slipway';
import { expect, test } from 'vitest';
import { timeRequests } from '../../src/http/time-requests.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { logRequests } from '../../src/logging/requests.ts';

async function logOf(level: LogLevel, slow: number, path = '/path?secret=1') {
	const lines: string[] = [];
	const app = new Hono();
	app.use(timeRequests([logRequests(createLogger(level, { write: (line) => lines.push(line) }), slow)]));
	app.get('/path/*', async (c) => {
		await sleep(2);
		return c.text('found');
	});
	await app.request(path);
	return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const never = Number.POSITIVE_INFINITY;

test('at level debug, every request is logged, without its query', async () => {
	expect(await logOf('debug', never)).toMatchObject([
		{ level: 20, msg: 'request', method: 'GET', path: '/path', status: 200 },
	]);
	expect(await logOf('debug', never, '/nothing')).toMatchObject([{ path: '/nothing', status: 404 }]);
});

test('at the default level, requests are not logged', async () => {
	expect(await logOf('info', never)).toEqual([]);
});

test('a slow request is logged as a warning', async () => {
	expect(await logOf('info', 1)).toMatchObject([{ level: 40, msg: 'slow request', path: '/path' }]);
});

test('a long path is shortened', async () => {
	const [line] = await logOf('debug', never, `/path/${'x'.repeat(10_000)}`);
	expect(String(line?.path)).toHaveLength(201);
});
