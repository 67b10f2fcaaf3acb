import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { toLogin, withClient } from '../../src/connection/index.ts';
import { type PreparedServer, startPostgres } from '../../src/start-postgres.ts';
import { type Studio, startStudio } from '../../src/studio/index.ts';
import { makeProject, startSlipway } from '../cli/project.ts';
import { type RunningChild, runProcess, toolRoot } from '../helpers/child-process.ts';
import { startChromium } from '../helpers/chromium.ts';
import { pageText } from '../helpers/markdown.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';
import { copyTool } from '../helpers/tool-copy.ts';

interface Served {
	readonly url: string;
}

let server: PreparedServer;
let browser: Browser;
let command: RunningChild;
const project = makeDirectory();
let reading: Served;
let writing: Studio;

beforeAll(async () => {
	// Its provider makes no difference here, and this one starts fastest.
	const starting = startPostgres({ provider: 'embedded', migrations: false });
	[server, browser] = await Promise.all([starting, startChromium()]);
	await run('CREATE TABLE pony (id int PRIMARY KEY, name text)');
	writing = await startStudio({
		login: server.app,
		write: true,
		port: 0,
		commandToWrite: 'slipway studio --write',
	});
	writeFileSync(join(project.path, 'package.json'), '{}');
	// Stands for the program that opens a browser.
	for (const name of ['open', 'xdg-open'])
		writeFileSync(join(project.path, name), '#!/bin/sh\necho "$1" >opening && mv opening opened\n', {
			mode: 0o755,
		});
	const env = { DATABASE_URL: toLogin(server.app).url, PATH: `${project.path}:${process.env.PATH}` };
	command = startSlipway(project.path, ['studio', '--json', '--open'], env);
	await command.printed(/\}\n/);
	reading = JSON.parse(command.output());
});
afterAll(async () => {
	await browser?.close();
	await writing?.[Symbol.asyncDispose]();
	command?.child.kill('SIGTERM');
	await command?.finished;
	project[Symbol.dispose]();
	await server?.stop();
});
beforeEach(() => run("TRUNCATE pony; INSERT INTO pony VALUES (1, 'Biscuit'), (2, 'Clover')"));

const run = (statements: string) => withClient(server.migrator, async (sql) => await sql.unsafe(statements));
const names = async () => (await run('SELECT name FROM pony ORDER BY id')).map(({ name }) => name);

interface Sent {
	readonly headers?: Record<string, string>;
	readonly path?: string;
	readonly body?: unknown;
}

/** Sends a request as any program could, with headers that browsers set by themselves. */
async function send(studio: Served, { headers = {}, path = '/', body }: Sent) {
	const { port } = new URL(studio.url);
	const method = body === undefined ? 'GET' : 'POST';
	const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
	request({ host: '127.0.0.1', port, path, method, headers }, resolve)
		.on('error', reject)
		.end(JSON.stringify(body));
	const response = await promise;
	return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

function ownHeaders({ url }: Served): Record<string, string> {
	const { port, origin, searchParams } = new URL(url);
	return { Origin: origin, Cookie: `slipway-studio-${port}=${searchParams.get('token')}` };
}

/** The result of what the page would send. */
async function ask(studio: Served, body: unknown): Promise<[{ message: string } | null, unknown]> {
	const answered = await send(studio, { path: '/query', headers: ownHeaders(studio), body });
	expect(answered.status).toBe(200);
	return JSON.parse(answered.body);
}

const query = (sql: string, parameters: readonly unknown[] = []) => ({
	procedure: 'query',
	query: { sql, parameters },
});

/** The page of a table, and the other servers that it called. */
async function openTable(url: string): Promise<{ page: Page; foreign: string[] }> {
	const context = await browser.newContext();
	onTestFinished(() => context.close());
	context.setDefaultTimeout(60_000);
	const page = await context.newPage();
	const foreign: string[] = [];
	page.on('request', (each) => {
		if (new URL(each.url()).host !== new URL(url).host && !each.url().startsWith('data:'))
			foreign.push(each.url());
	});
	await page.goto(url);
	await page.getByText('Biscuit', { exact: true }).waitFor();
	return { page, foreign };
}

async function rename(page: Page, from: string, to: string): Promise<void> {
	await page.getByText(from, { exact: true }).dblclick();
	await page.keyboard.press('ControlOrMeta+A');
	await page.keyboard.type(to);
	await page.keyboard.press('ControlOrMeta+Enter');
	await page.getByRole('button', { name: 'Save 1 row' }).click();
	await page.getByRole('button', { name: 'yes, write to db' }).click();
}

describe('in the browser', () => {
	test('rows are shown, changes are refused by default, and no other server is called', async () => {
		expect(reading).toEqual({
			url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
			role: 'app',
			write: false,
		});
		const { page, foreign } = await openTable(reading.url);
		expect(page.url()).not.toContain('token');
		await rename(page, 'Biscuit', 'Biscuit II');
		await page.getByText('operation failed').waitFor();
		await page.getByRole('button', { name: 'Console' }).click();
		await page.getByText('To write, restart with: npx slipway studio --write').first().waitFor();
		expect(await names()).toEqual(['Biscuit', 'Clover']);
		expect(foreign).toEqual([]);
	});

	test('a row can be changed if writing is allowed', async () => {
		const { page } = await openTable(writing.url);
		await rename(page, 'Biscuit', 'Biscuit II');
		await expect.poll(names, { timeout: 60_000 }).toEqual(['Biscuit II', 'Clover']);
	});
});

describe('a request is refused', () => {
	test.each<[string, number, () => Sent]>([
		['without the token', 401, () => ({})],
		['with another token', 401, () => ({ path: `/?token=${'A'.repeat(43)}` })],
		[
			'for another host, which a DNS server points to 127.0.0.1',
			403,
			() => ({ headers: { ...ownHeaders(writing), Host: 'rebound.example' } }),
		],
		[
			'from the page of another origin',
			403,
			() => ({
				path: '/query',
				headers: { ...ownHeaders(writing), Origin: 'http://127.0.0.1:1' },
				body: query('DELETE FROM pony'),
			}),
		],
		[
			'without an origin, if it could change something',
			403,
			() => {
				const { Cookie = '' } = ownHeaders(writing);
				return { path: '/query', headers: { Cookie }, body: query('DELETE FROM pony') };
			},
		],
		[
			'if it is no question of the page',
			400,
			() => ({ path: '/query', headers: ownHeaders(writing), body: { procedure: 'drop' } }),
		],
	])('%s', async (_, status, sent) => {
		expect((await send(writing, sent())).status).toBe(status);
		expect(await names()).toEqual(['Biscuit', 'Clover']);
	});

	test('but the address with the token sets a cookie that scripts cannot read', async () => {
		const { pathname, search } = new URL(writing.url);
		const { status, headers } = await send(writing, { path: pathname + search });
		expect(status).toBe(303);
		expect(headers.location).toBe('/');
		expect(headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Lax; Path=\/$/);
	});
});

test('the browser is opened with an address that works once, because others can see it', async () => {
	const read = () => readFileSync(join(project.path, 'opened'), 'utf8').trim();
	const { pathname, search } = new URL(await vi.waitFor(read, { timeout: 60_000 }));
	const path = pathname + search;
	expect(reading.url).not.toContain(search);
	expect((await send(reading, { path })).status).toBe(303);
	expect((await send(reading, { path })).status).toBe(401);
});

describe('reading only', () => {
	const insert = "INSERT INTO pony VALUES (3, 'Eve')";

	test.each([
		[insert],
		[`WITH eve AS (${insert} RETURNING *) SELECT * FROM eve`],
		[`EXPLAIN ANALYZE ${insert}`],
		[`COMMIT; ${insert}`],
		[`SET TRANSACTION READ WRITE; ${insert}`],
		[`DO $$ BEGIN COMMIT; ${insert}; END $$`],
		[`DO $$ BEGIN SET TRANSACTION READ WRITE; ${insert}; END $$`],
		[`DO $$ BEGIN PERFORM set_config('transaction_read_only', 'off', false); ${insert}; END $$`],
		[`DO $$ BEGIN SET LOCAL default_transaction_read_only = off; ${insert}; END $$`],
		['CREATE TEMPORARY TABLE note (text text)'],
	])('PostgreSQL refuses %s', async (sql) => {
		const [error] = await ask(reading, query(sql));
		expect(error?.message).toMatch(
			/read-only|multiple commands|invalid transaction termination|read-write mode/,
		);
		expect(await names()).toEqual(['Biscuit', 'Clover']);
	});

	test.each([
		['COMMIT'],
		['ROLLBACK'],
		['SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE'],
		['COMMIT AND CHAIN'],
	])('a statement after %s is refused as well', async (first) => {
		expect(await ask(reading, query(first))).toEqual([null, []]);
		const [alone] = await ask(reading, query(insert));
		const queries = [first, insert].map((sql) => ({ sql, parameters: [] }));
		const [together] = await ask(reading, { procedure: 'transaction', queries });
		for (const error of [alone, together]) expect(error?.message).toContain('read-only transaction');
		expect(await names()).toEqual(['Biscuit', 'Clover']);
	});
});

describe('values', () => {
	test('are shown as PostgreSQL writes them', async () => {
		const sql = `SELECT 9007199254740993 AS big, 1.50 AS price, '\\xdeadbeef'::bytea AS raw, date '2020-01-02' AS day,
			timestamp '2020-01-02 03:04:05.123456' AS at, ARRAY[date '2020-01-02'] AS days, '{"a": [1]}'::jsonb AS meta`;
		expect(await ask(reading, query(sql))).toEqual([
			null,
			[
				{
					big: '9007199254740993',
					price: '1.50',
					raw: '\\xdeadbeef',
					day: '2020-01-02',
					at: '2020-01-02 03:04:05.123456',
					days: ['2020-01-02'],
					meta: { a: [1] },
				},
			],
		]);
	});

	test('are written as given', async () => {
		const sql = 'SELECT ($1::bytea, $2::timestamp, $3::int8)::text AS text';
		const values = ['\\xdeadbeef', '2020-01-02 03:04:05.123456', '9007199254740993'];
		expect(await ask(writing, query(sql, values))).toEqual([
			null,
			[{ text: '("\\\\xdeadbeef","2020-01-02 03:04:05.123456",9007199254740993)' }],
		]);
	});

	test('of several statements are written all or none', async () => {
		const queries = ["UPDATE pony SET name = 'Both' WHERE id = $1", 'SELECT 1 / $1::int'].map(
			(sql, index) => ({
				sql,
				parameters: [1 - index],
			}),
		);
		const [error] = await ask(writing, { procedure: 'transaction', queries });
		expect(error?.message).toBe('division by zero');
		expect(await names()).toEqual(['Biscuit', 'Clover']);
	});

	test('are found in the chosen schema first', async () => {
		await run('CREATE SCHEMA IF NOT EXISTS "Other"; CREATE TABLE IF NOT EXISTS "Other".pony (other int)');
		const answers = await ask(reading, {
			...query('SELECT count(*)::int FROM pony'),
			schema: 'Other',
		});
		expect(answers).toEqual([null, [{ count: 0 }]]);
	});
});

test('packages that are not installed are named, in the versions that are tested', async () => {
	const manifest = JSON.parse(readFileSync(join(toolRoot, 'package.json'), 'utf8'));
	const browser = `@prisma/studio-core@${manifest.devDependencies['@prisma/studio-core']}`;
	const main = join(copyTool(['@prisma', 'react']), 'src/cli/main.ts');
	const env = { DATABASE_URL: toLogin(server.app).url };
	const { status, stderr } = await runProcess(process.execPath, [main, 'studio'], {
		cwd: makeProject(),
		env,
	});
	expect(status).toBe(1);
	expect(stderr).toContain(`packages that are not installed: ${browser}, react@19\n`);
	expect(stderr).toContain(`npm install --save-dev --save-exact ${browser} react@19`);
	expect(pageText('docs/studio.md')).toContain(
		`npm install --save-dev --save-exact ${browser} react@19 react-dom@19`,
	);
});
