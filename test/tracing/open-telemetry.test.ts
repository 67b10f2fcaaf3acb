import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { PreparedServer } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { migrations, startService } from '../helpers/service-process.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A span as OTLP/JSON writes it. */
interface Span {
	readonly name: string;
	readonly traceId: string;
	readonly spanId: string;
	readonly parentSpanId?: string;
	readonly attributes: { key: string; value: Record<string, unknown> }[];
	readonly links?: { traceId: string; spanId: string }[];
}

/** A receiver of OTLP over HTTP. */
async function startReceiver() {
	const spans: Span[] = [];
	const receiver = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const { resourceSpans = [] } = JSON.parse(Buffer.concat(chunks).toString());
		for (const { scopeSpans } of request.url === '/v1/traces' ? resourceSpans : [])
			for (const scope of scopeSpans) spans.push(...scope.spans);
		response.setHeader('Content-Type', 'application/json').end('{}');
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void receiver.close());
	return { spans, endpoint: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}` };
}

const configuration = (endpoint: string) => ({
	OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
	OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
});
/** A `traceparent` of the trace whose id consists of this digit. */
const traceOf = (digit: string) => `00-${digit.repeat(32)}-00f067aa0ba902b7-01`;
const attributesOf = ({ attributes }: Span) =>
	Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('requests and their statements are sent as spans, which the log lines name', async () => {
	const { spans, endpoint } = await startReceiver();
	await using service = await startService(server.app, { ...configuration(endpoint), LOG_LEVEL: 'debug' });
	const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
	await fetch(service.address, {
		headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'X-Request-Id': 'req-1' },
	});
	await Promise.all(Array.from({ length: 20 }, () => fetch(service.address)));
	service.child.kill('SIGTERM');
	const { status, log } = await service.ended;
	expect(status).toBe(0);

	const request = spans.find((span) => span.traceId === traceId && span.name === 'GET /');
	expect(request).toMatchObject({ parentSpanId: '00f067aa0ba902b7' });
	expect(attributesOf(request as Span)).toMatchObject({
		'http.route': '/',
		'http.response.status_code': expect.anything(),
		request_id: 'req-1',
	});
	const line = log.split('\n').find((text) => text.includes('"request_id":"req-1"'));
	expect(JSON.parse(line ?? '{}')).toMatchObject({ trace_id: traceId, span_id: request?.spanId });

	const statements = spans.filter(({ name }) => name === 'count hits');
	expect(statements.find((span) => span.traceId === traceId)).toMatchObject({
		parentSpanId: request?.spanId,
	});
	// Each request is the parent of its statement, or linked to it.
	const served = statements.flatMap(({ parentSpanId, links = [] }) => [
		parentSpanId,
		...links.map(({ spanId }) => spanId),
	]);
	const requests = spans.filter(({ name }) => name === 'GET /').map(({ spanId }) => spanId);
	expect(requests).toHaveLength(21);
	expect(served.toSorted()).toEqual(requests.toSorted());
});

test('hits with and without an Idempotency-Key are in the spans of their own statements', async () => {
	const { spans, endpoint } = await startReceiver();
	await using service = await startService(server.app, configuration(endpoint));
	const address = `${service.address}api/counters/mixed`;
	const hit = (headers: Record<string, string>) => fetch(address, { method: 'POST', headers });
	// Of two at once with the same key, one waits for the other and not for a statement.
	const keyed = (key: string) => hit({ 'Idempotency-Key': key, traceparent: traceOf('a') });
	const plain = () => hit({ traceparent: traceOf('b') });
	await Promise.all([1, 2, 3, 4].flatMap((n) => [keyed(`${n}`), keyed(`${n}`), plain()]));
	service.child.kill('SIGTERM');
	expect(await service.ended).toMatchObject({ status: 0 });
	const statements = spans.filter(({ name }) => name === 'count hits');
	expect(statements.length).toBeGreaterThan(1);
	for (const { traceId, links = [], attributes } of statements) {
		expect(links.filter((link) => link.traceId !== traceId)).toEqual([]);
		expect(attributesOf({ attributes } as Span)['counter.hits']).toBe(links.length + 1);
	}
});

test('hits with the same Idempotency-Key count once also while they are traced', async () => {
	const { endpoint } = await startReceiver();
	await using service = await startService(server.app, configuration(endpoint));
	const hit = async () => {
		const init = { method: 'POST', headers: { 'Idempotency-Key': 'traced' } };
		return await (await fetch(`${service.address}api/counters/traced`, init)).json();
	};
	const first = await hit();
	expect(first).toEqual({ name: 'traced', count: 1 });
	expect(await hit()).toEqual(first);
});

test('a receiver that is away is logged, and neither hits nor the stop fail', async () => {
	await using service = await startService(server.app, {
		...configuration('http://127.0.0.1:1'),
		OTEL_BSP_SCHEDULE_DELAY: '50',
		OTEL_EXPORTER_OTLP_TIMEOUT: '100',
	});
	let log = '';
	service.child.stdout?.on('data', (text: string) => {
		log += text;
	});
	expect((await fetch(service.address)).status).toBe(200);
	await eventually(() => log.includes('"code":"spans-not-sent"'));
	service.child.kill('SIGTERM');
	expect(await service.ended).toMatchObject({ status: 0 });
});

test('without configuration, nothing of it is loaded but the API, which prom-client needs', async () => {
	const folder = temporaryDirectory();
	// Node writes the names of all scripts that it has loaded.
	await using service = await startService(server.app, { NODE_V8_COVERAGE: folder });
	expect((await fetch(service.address)).status).toBe(200);
	service.child.kill('SIGTERM');
	expect(await service.ended).toMatchObject({ status: 0 });
	const scripts = readdirSync(folder).flatMap((file) => {
		const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { result: { url: string }[] };
		return result.map(({ url }) => url);
	});
	expect(scripts.some((url) => url.includes('/prom-client/'))).toBe(true);
	const packages = scripts.flatMap((url) => /@opentelemetry\/([\w-]+)/.exec(url)?.[1] ?? []);
	expect([...new Set(packages)]).toEqual(['api']);
});
