import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Hono } from 'hono';
import type { PreparedServer } from 'slipway';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	createApp,
	createClient,
	createLogger,
	type FlushingDatabase,
	openCounters,
	openFlushingDatabase,
	type RunningServer,
	startServer,
} from '../../../src/index.ts';
import { emptyMetrics } from '../../helpers/empty-metrics.ts';
import { type ApiDocument, type GeneratedRequest, requestsTo } from '../../helpers/generated-requests.ts';
import { quietLive } from '../../helpers/quiet-live.ts';
import { migrations } from '../../helpers/service-process.ts';

let server: PreparedServer;
let database: FlushingDatabase;
let app: Hono;
let service: RunningServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
	database = openFlushingDatabase(server.app);
	app = createApp({
		counters: openCounters({ writing: database, reading: database }),
		checkReadiness: async () => ({ ready: true }),
		metrics: emptyMetrics(),
		live: quietLive(),
		logger: createLogger('silent'),
	});
	service = await startServer(app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
	await service[Symbol.asyncDispose]();
	await database[Symbol.asyncDispose]();
	await server[Symbol.asyncDispose]();
});

const post = (path: string, body?: string, type = 'application/json') =>
	app.request(path, {
		method: 'POST',
		...(body !== undefined && { body, headers: { 'Content-Type': type } }),
	});

describe('the typed client', () => {
	test('hits, adds, reads and lists', async () => {
		const { counters } = createClient(service.address).api;
		const param = { name: 'client.a' };
		expect(await (await counters[':name'].$post({ param, header: {}, json: {} })).json()).toEqual({
			name: 'client.a',
			count: 1,
		});
		const added = await counters[':name'].$post({ param, header: {}, json: { by: 5 } });
		expect(await added.json()).toEqual({ name: 'client.a', count: 6 });
		await counters[':name'].$post({ param: { name: 'client.b' }, header: {}, json: {} });
		const read = await counters[':name'].$get({ param });
		expect(await read.json()).toEqual({ name: 'client.a', count: 6 });
		const page = await counters.$get({ query: { after: 'client', limit: '1' } });
		expect(await page.json()).toEqual({ counters: [{ name: 'client.a', count: 6 }], next: 'client.a' });
	});
});

describe('over a connection', () => {
	const send = (init: RequestInit) =>
		fetch(`${service.address}api/counters/sent`, { method: 'POST', ...init });

	test.each([
		['no body', 200, {}],
		['an empty form', 415, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
		['a body without a type', 415, { body: new Blob(['{"by":1}']) }],
		['a body of JSON', 200, { body: '{"by":1}', headers: { 'Content-Type': 'application/json' } }],
		['an empty body of JSON', 400, { body: '', headers: { 'Content-Type': 'application/json' } }],
	])('a hit with %s gets %i', async (_, status, init: RequestInit) => {
		expect((await send(init)).status).toBe(status);
	});

	test('a body that arrives in chunks is read', async () => {
		const body = new Blob(['{"by":', '7}']).stream();
		const headers = { 'Content-Type': 'application/json' };
		const response = await send({ body, headers, duplex: 'half' } as RequestInit);
		expect(response.status).toBe(200);
	});
});

describe('a named counter', () => {
	test('is not there before its first hit', async () => {
		const response = await app.request('/api/counters/nothing');
		expect(response.status).toBe(404);
		expect(await response.json()).toMatchObject({ status: 404, detail: 'There is no counter "nothing".' });
		expect(await (await post('/api/counters/nothing')).json()).toEqual({ name: 'nothing', count: 1 });
	});

	test('"visits" is the counter of /api/counter', async () => {
		await post('/api/counters/visits', '{"by":3}');
		const { count } = (await (await app.request('/api/counter')).json()) as { count: number };
		expect(await (await post('/api/counter')).json()).toEqual({ count: count + 1 });
		expect(await (await app.request('/api/counters/visits')).json()).toEqual({
			name: 'visits',
			count: count + 1,
		});
	});

	test('keeps its digits beyond 2^53', async () => {
		const { hit } = openCounters({ writing: database, reading: database });
		await hit('large', Number.MAX_SAFE_INTEGER);
		await hit('large', 4);
		expect(await (await app.request('/api/counters/large')).text()).toBe(
			'{"name":"large","count":9007199254740995}',
		);
	});

	test('is not sent again to a client that has it', async () => {
		await post('/api/counters/cached');
		const etag = (await app.request('/api/counters/cached')).headers.get('etag') ?? '';
		const again = () => app.request('/api/counters/cached', { headers: { 'If-None-Match': etag } });
		const unchanged = await again();
		expect([unchanged.status, await unchanged.text()]).toEqual([304, '']);
		await post('/api/counters/cached');
		expect((await again()).status).toBe(200);
	});
});

describe('an Idempotency-Key', () => {
	const hit = (key: string, name = 'keyed', body = '{}') =>
		app.request(`/api/counters/${name}`, {
			method: 'POST',
			body,
			headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
		});

	test('makes retries one hit, whether it is quoted or not', async () => {
		const responses = await Promise.all(['"one"', '"one"', 'one'].map((key) => hit(key)));
		responses.push(await hit('"one"'));
		for (const response of responses) expect(await response.json()).toEqual({ name: 'keyed', count: 1 });
		expect(await (await hit('"two"')).json()).toEqual({ name: 'keyed', count: 2 });
	});

	test.each([
		['another counter', 'other', '{}'],
		['another number', 'keyed', '{"by":2}'],
	])('with %s gets 422 and counts nothing', async (_, name, body) => {
		await hit('three');
		const { count } = (await (await app.request('/api/counters/keyed')).json()) as { count: number };
		const response = await hit('three', name, body);
		expect(response.status).toBe(422);
		expect(await response.json()).toMatchObject({
			detail: 'The Idempotency-Key was used for another request.',
		});
		expect(await (await app.request('/api/counters/keyed')).json()).toEqual({ name: 'keyed', count });
	});
});

describe('a request that is not valid', () => {
	test('is refused with all of its errors', async () => {
		const response = await app.request('/api/counters?after=No+Name&limit=0');
		expect(response.status).toBe(400);
		expect(response.headers.get('content-type')).toBe('application/problem+json');
		expect(await response.json()).toMatchObject({
			detail: 'The request is not valid.',
			errors: [
				{ in: 'query', field: 'after', detail: expect.stringContaining('must be 1 to 64 of') },
				{ in: 'query', field: 'limit', detail: expect.any(String) },
			],
		});
	});

	test.each([
		['a number that is too small', 400, '{"by":0}', 'application/json'],
		['half a body', 400, '{"by":', 'application/json'],
		['an unknown field', 400, '{"times":2}', 'application/json'],
		['a form', 415, 'by=2', 'application/x-www-form-urlencoded'],
		['a large body', 413, `{"by":${' '.repeat(2000)}1}`, 'application/json'],
	])('with %s gets %i and counts nothing', async (_, status, body, type) => {
		const response = await post('/api/counters/refused', body, type);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ status });
		expect((await app.request('/api/counters/refused')).status).toBe(404);
	});

	test('with another method gets the allowed ones', async () => {
		const response = await app.request('/api/counters/visits', { method: 'DELETE' });
		expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
	});
});

describe('the document', () => {
	const read = async () => (await (await app.request('/api/openapi.json')).json()) as ApiDocument;

	test('is what every response conforms to, also of requests that break it', async () => {
		const document = await read();
		const conforms = checkerOf(document);
		await fc.assert(
			fc.asyncProperty(requestsTo(document), async (request) => {
				const { method, url, headers, body, valid } = request;
				const response = await app.request(url, { method, headers, ...(body !== undefined && { body }) });
				await conforms(request, response);
				expect(response.status === 400).toBe(!valid);
			}),
			{ numRuns: 200 },
		);
	});

	test('is also a page, which loads nothing', async () => {
		const response = await app.request('/api/docs');
		const page = await response.text();
		for (const path of Object.keys((await read()).paths)) expect(page).toContain(path);
		expect(page).not.toMatch(/<script|<style|<link|style=|src=/);
		expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
	});
});

/** Checks that a response has a status, a type and a body that the document names for its operation. */
function checkerOf(document: ApiDocument) {
	const ajv = new Ajv2020({ strict: false, formats: { int64: true } });
	ajv.addSchema(document, 'document');
	return async ({ operation }: GeneratedRequest, response: Response) => {
		const described = operation.responses[response.status];
		expect(described, `status ${response.status}`).toBeDefined();
		if (described?.content === undefined) return expect(await response.text()).toBe('');
		const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(described.content);
		expect(response.headers.get('content-type')).toBe(type);
		const $ref = (schema as { $ref: string }).$ref.replace('#', 'document#');
		const matches = ajv.compile({ $ref });
		expect(matches(await response.json()), ajv.errorsText(matches.errors)).toBe(true);
	};
}
