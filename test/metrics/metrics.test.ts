import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedServer } from 'slipway';
import { projectRoot } from 'slipway/test-helpers/child-process';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { migrations, startService } from '../helpers/service-process.ts';
import { type Exposition, parseExposition } from './exposition.ts';
import { selectionsIn } from './promql.ts';

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8');

interface Rule {
	readonly alert: string;
	readonly expr: string;
}
const alerts = parse(read('ops/alerts.yml')) as { groups: { name: string; rules: Rule[] }[] };
const rules = alerts.groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('ops/dashboard.json')) as {
	panels: { title: string; targets: { expr: string }[] }[];
};
const expressions = [
	...rules.map(({ alert, expr }) => [alert, expr] as const),
	...dashboard.panels.flatMap(({ title, targets }) =>
		targets.map(({ expr }) => [title, expr.replaceAll('$__rate_interval', '5m')] as const),
	),
];

/** What Prometheus adds itself. */
const addedLabels = ['job', 'instance', 'le'];

let server: PreparedServer;
let metrics: Exposition;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
	await using service = await startService(server.app);
	const ask = async (path: string, options?: RequestInit) =>
		await (await fetch(`${service.address}${path}`, options)).text();
	for (let visit = 0; visit < 3; visit++) await ask('');
	await ask('api/counter', { method: 'POST' });
	const keyed = { method: 'POST', headers: { 'Idempotency-Key': 'repeated' } };
	for (let attempt = 0; attempt < 3; attempt++) await ask('api/counters/named', keyed);
	for (let page = 0; page < 20; page++) await ask(`nothing/${page}`);
	await ask('', { method: 'PROPFIND' });
	metrics = parseExposition(await ask('metrics'));
});
afterAll(() => server[Symbol.asyncDispose]());

const valueFor = (name: string, labels: Record<string, string>, { samples } = metrics) =>
	samples.find(
		(sample) =>
			sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
	)?.value;
const isOurs = (name: string) => /^(http|counter|database)_/.test(name);

test('hits are counted, those with the same Idempotency-Key once', () => {
	expect(valueFor('counter_hits_total', { result: 'counted' })).toBe(5);
	expect(valueFor('counter_hits_total', { result: 'failed' })).toBe(0);
	expect(valueFor('counter_batch_hits_sum', {})).toBe(7);
});

test('requests are counted by the pattern of their route', () => {
	const requests = (method: string, route: string, status: string) =>
		valueFor('http_request_duration_seconds_count', { method, route, status });
	expect(requests('GET', '/', '2xx')).toBe(3);
	expect(requests('POST', '/api/counter', '2xx')).toBe(1);
	expect(requests('GET', 'none', '4xx')).toBe(20);
	expect(requests('other', 'none', '4xx')).toBe(1);
	expect(JSON.stringify(metrics.samples)).not.toContain('nothing');
});

test('the state of the database and the build are shown', () => {
	expect(valueFor('database_migrations', { state: 'applied' })).toBeGreaterThan(0);
	expect(valueFor('database_migrations', { state: 'pending' })).toBe(0);
	for (const pool of ['writing', 'reading', 'checking', 'listening', 'announcing']) {
		expect(valueFor('database_connections_max', { pool })).toBeGreaterThan(0);
		expect(valueFor('database_paused', { pool })).toBe(0);
	}
	const { version } = JSON.parse(read('package.json')) as { version: string };
	expect(valueFor('counter_build_info', { version, node: process.versions.node })).toBe(1);
	expect(valueFor('process_resident_memory_bytes', {})).toBeGreaterThan(0);
});

test('a database that is away shows in failures, and not in migrations', async () => {
	await using service = await startService({ ...server.app, host: '127.0.0.1', port: 1 });
	expect((await fetch(service.address)).status).toBe(503);
	const away = parseExposition(await (await fetch(`${service.address}metrics`)).text());
	expect(valueFor('counter_hits_total', { result: 'failed' }, away)).toBe(1);
	expect(valueFor('database_failures_total', { pool: 'writing' }, away)).toBe(1);
	expect(away.samples.filter(({ name }) => name === 'database_migrations')).toEqual([]);
});

test.each(expressions)('%s names metrics and labels that exist', (_, expression) => {
	const selections = selectionsIn(expression);
	expect(selections).not.toEqual([]);
	for (const { metric, labels } of selections.filter(({ metric }) => metric !== 'up')) {
		const sample = metrics.samples.find(({ name }) => name === metric);
		expect(sample, metric).toBeDefined();
		expect([...Object.keys(sample?.labels ?? {}), ...addedLabels]).toEqual(
			expect.arrayContaining([...labels]),
		);
	}
});

test('every alert has what Prometheus and an operator need', () => {
	expect(rules.length).toBeGreaterThan(0);
	expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
	for (const rule of rules)
		expect(rule).toEqual({
			alert: expect.stringMatching(/^[A-Z]\w+$/),
			expr: expect.any(String),
			for: expect.stringMatching(/^\d+m$/),
			labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
			annotations: { summary: expect.any(String), description: expect.any(String) },
		});
});

test('the manual lists exactly the metrics of the service, and each has a help text', () => {
	const [, section = ''] = read('docs/service.md')
		.split('## Operations')
		.map((part) => part.split('\n## ')[0]);
	const documented = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
	const ours = [...metrics.help.keys()].filter(isOurs);
	expect(ours.length).toBeGreaterThan(5);
	expect(documented.toSorted()).toEqual(ours.toSorted());
});
