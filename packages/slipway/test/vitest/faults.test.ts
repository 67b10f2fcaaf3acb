import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../helpers/child-process.ts';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

/** Runs the module with the plain level and what its first lines need; resolves with what vitest printed. */
async function runModule(
	level: string,
	body: string,
	others: Readonly<Record<string, string>> = {},
): Promise<string> {
	const modules = Object.entries({ 'module.test.ts': body, ...others });
	const project = makeProject(Object.fromEntries(modules.map(([name, text]) => [name, module(level, text)])));
	const { stdout, stderr } = await runVitest(project, ['--reporter=verbose', '--no-file-parallelism']);
	return `${stdout}\n${stderr}`;
}

const module = (level: string, body: string) => `
			import { expect } from 'vitest';
			import { ${level} as test } from 'slipway/vitest';
			import { openClient } from 'slipway';
			import { readFileSync } from 'node:fs';
			import { setTimeout as sleep } from 'node:timers/promises';
			const notes = (sql) => sql\`SELECT text FROM note\`;
			const killServer = async (sql) => {
				const [{ pid }] = await sql\`SELECT pg_backend_pid() AS pid\`;
				const status = readFileSync('/proc/' + pid + '/status', 'utf8');
				process.kill(Number(/^PPid:\\s+(\\d+)/m.exec(status)[1]), 'SIGKILL');
			};
			${body}`;

const clean = `test('after', async ({ sql }) => {
	expect(await notes(sql)).toEqual([]);
	await sql\`INSERT INTO note (text) VALUES ('after')\`;
});`;

test.each([
	['COMMIT', "await sql.unsafe('COMMIT')"],
	['ROLLBACK', "await sql.unsafe('ROLLBACK')"],
	['COMMIT and BEGIN', "await sql.unsafe('COMMIT; BEGIN')"],
	['COMMIT AND CHAIN', "await sql.unsafe('COMMIT AND CHAIN')"],
	['the end of its connection', 'await sql`SELECT pg_terminate_backend(pg_backend_pid())`.catch(() => {})'],
])('a test that ends its transaction with %s fails, and the next one is clean', async (_, statement) => {
	const output = await runModule(
		'transactionTest',
		`test('escapes', async ({ sql }) => {
			await sql\`INSERT INTO note (text) VALUES ('mine')\`;
			${statement};
		});
		${clean}`,
	);
	expect(output).toContain('the test ended the transaction that it runs in');
	expect(output).toMatch(/✓ module.test.ts > after/);
	expect(output).toMatch(/Tests +1 failed \| 1 passed/);
});

test('deferred constraints that a test leaves violated fail it', async () => {
	const output = await runModule(
		'transactionTest',
		`test('violates', async ({ sql }) => { await sql\`INSERT INTO page VALUES (1, 2)\`; });
		test('fulfils in time', async ({ sql }) => {
			await sql\`INSERT INTO page VALUES (1, 2)\`;
			await sql\`INSERT INTO page VALUES (2, 1)\`;
		});
		${clean}`,
	);
	expect(output).toContain('the test leaves a deferred constraint violated');
	expect(output).toMatch(/Tests +1 failed \| 2 passed/);
});

test('begin is a savepoint in a transaction, at the same time and one within another too', async () => {
	const output = await runModule(
		'transactionTest',
		`const put = (sql, text) => sql\`INSERT INTO note (text) VALUES (\${text})\`;
		test('nests', async ({ sql }) => {
			await sql.begin(async (one) => {
				await put(one, 'one');
				await one.savepoint((two) => put(two, 'one')).catch(() => {});
				await one.savepoint((two) => put(two, 'two'));
			});
			await expect(sql.begin(async (three) => {
				await put(three, 'three');
				throw new Error('never mind');
			})).rejects.toThrow('never mind');
			await Promise.all(['four', 'five'].map((text) => sql.begin('read write', (tx) => put(tx, text))));
			expect((await notes(sql)).map(({ text }) => text)).toEqual(['one', 'two', 'four', 'five']);
		});
		${clean}`,
	);
	expect(output).toMatch(/Tests +2 passed/);
});

test('neither session locks nor sequence values nor late queries reach the next transaction', async () => {
	const output = await runModule(
		'transactionTest',
		`let late;
		test('leaves things', async ({ sql }) => {
			await sql\`SELECT pg_advisory_lock(1)\`;
			await sql\`SELECT set_config('search_path', 'pg_catalog', false)\`;
			await sql.unsafe('PREPARE "its own" AS SELECT 1');
			await sql\`INSERT INTO public.note (text) VALUES ('mine')\`;
			late = () => sql\`INSERT INTO note (text) VALUES ('late')\`;
		});
		test('finds nothing', async ({ sql }) => {
			expect(() => late()).toThrow('by a test that has ended');
			expect(await sql\`SELECT FROM pg_locks WHERE locktype = 'advisory'\`).toEqual([]);
			expect(await sql\`SELECT FROM pg_prepared_statements WHERE from_sql\`).toEqual([]);
			await expect(sql.begin((tx) => tx\`SELECT lastval()\`)).rejects.toThrow('not yet defined');
			expect(await notes(sql)).toEqual([]);
		});
		test('has no second connection', async ({ sql }) => {
			expect(() => sql.listen('channel', () => {})).toThrow('whose transaction is rolled back');
		});`,
	);
	expect(output).toMatch(/Tests +3 passed/);
});

test.each(['transactionTest', 'databaseTest'])(
	'%s: a test that outlives its time limit fails, and the next one is clean',
	async (level) => {
		const output = await runModule(
			level,
			`test('hangs', { timeout: 300 }, async ({ sql }) => {
				await sql\`INSERT INTO note (text) VALUES ('mine')\`;
				await sql\`SELECT pg_sleep(600)\`;
			});
			${clean}`,
		);
		expect(output).toContain('timed out in 300ms');
		expect(output).toMatch(/✓ module.test.ts > after/);
		expect(output).toMatch(/Tests +1 failed \| 1 passed/);
	},
);

test.each(['transactionTest', 'databaseTest'])(
	'%s: a test that ends its server fails with that, and the next has another server',
	async (level) => {
		const output = await runModule(
			level,
			`test('kills', async ({ sql }) => {
			await killServer(sql);
			await notes(sql);
			await sleep(100);
			await notes(sql);
		});
		${clean}`,
		);
		expect(output).toContain('the PostgreSQL server of this module ended while "kills" ran');
		expect(output).toMatch(/✓ module.test.ts > after/);
		expect(output).toMatch(/Tests +1 failed \| 1 passed/);
	},
);

test('databaseTest: one that ends its server fails also when it does not notice', async () => {
	const output = await runModule(
		'databaseTest',
		`test('kills', async ({ sql }) => {
			await killServer(sql);
			await sleep(1000);
		});
		${clean}`,
	);
	expect(output).toContain('the PostgreSQL server of this module ended while "kills" ran');
	expect(output).toMatch(/✓ module.test.ts > after/);
	expect(output).toMatch(/Tests +1 failed \| 1 passed/);
});

test('databaseTest: a server that ends with the last test, which does not notice, fails the module', async () => {
	const output = await runModule(
		'databaseTest',
		`import { afterAll } from 'vitest';
		afterAll(() => sleep(1000)); // The news takes a moment.
		test('kills', async ({ sql }) => { await killServer(sql); });`,
	);
	expect(output).toMatch(/the PostgreSQL server of this module ended while ("kills"|one of its tests) ran/);
	expect(output).toMatch(/Test Files +1 failed/);
});

test('test: where one has ended the server of the module, the others say so, and the next module is clean', async () => {
	const output = await runModule(
		'test',
		`test('kills', async ({ sql }) => {
			await killServer(sql);
			for (;;) await notes(sql);
		});
		${clean}`,
		{ 'next.test.ts': clean },
	);
	expect(output).toMatch(/× module.test.ts > after\b/);
	expect(
		output.match(
			/the PostgreSQL server of this module ended while "kills" ran\nMend what ended it.* the next module has a server of its own/g,
		)?.length,
	).toBeGreaterThan(1);
	expect(output).toContain('Caused by: SlipwayError: PostgreSQL exited unexpectedly. Last log lines');
	expect(output).toMatch(/✓ next.test.ts > after\b/);
	expect(output).toMatch(/Tests +2 failed \| 1 passed/);
});

test('test: those that outlive their time limit leave the clients of the module to the next one', async () => {
	const output = await runModule(
		'test',
		`test('starts the server', async ({ sql }) => { await notes(sql); });
		for (const number of [1, 2, 3, 4, 5])
			test('hangs ' + number, { timeout: 300 }, async ({ sql }) => { await sql\`SELECT pg_sleep(600)\`; });
		test('hangs in a transaction', { timeout: 300 }, async ({ sql }) => {
			await sql.begin(async (tx) => {
				await tx\`SELECT 1\`;
				await new Promise(() => {});
			});
		});
		${clean}`,
	);
	expect(output.match(/→ Test timed out in 300ms/g)).toHaveLength(6);
	expect(output).toMatch(/✓ module.test.ts > after/);
	expect(output).toMatch(/Tests +6 failed \| 2 passed/);
	expect(output).not.toContain('Unhandled');
});

test.each([
	['test', 'Failed Suites'],
	['databaseTest', 'Failed Suites'],
])('%s: a client that a test leaves open is named with the test', async (level) => {
	const output = await runModule(
		level,
		`test('tidy', async ({ app, connect }) => {
			const own = openClient(app);
			await notes(own);
			await own.end();
			await notes(connect({ max: 3 }));
		});
		test('leaks', async ({ app }) => { await notes(openClient(app, { applicationName: 'the pool' })); });
		test('goes on', async ({ sql }) => { await notes(sql); });`,
	);
	expect(output).toContain('1 connection was not closed');
	expect(output).toContain('or open it with the fixture `connect`, which does so.');
	expect(output).toContain(
		'opened in "leaks" (module.test.ts): app_user as "the pool", last statement: SELECT text FROM note',
	);
	expect(output).toMatch(/Tests +3 passed/);
	expect(output).toMatch(/Test Files +1 failed/);
});

test('a leak is named with the line too, where vitest notes it', async () => {
	const project = makeProject({
		'folder/module.test.ts': `
			import { test } from 'slipway/vitest';
			import { openClient } from 'slipway';
			test('leaks', async ({ app }) => { await openClient(app)\`SELECT 1\`; });`,
	});
	const { stderr } = await runVitest(project, ['--includeTaskLocation']);
	expect(stderr).toContain('opened in "leaks" (folder/module.test.ts:4): app_user');
});

test.each(['test', 'databaseTest', 'transactionTest'])(
	'%s: an option that does not exist is refused at once with the nearest one',
	async (level) => {
		const output = await runModule(
			level,
			`test.extend({ postgres: { migratons: 'x' } })('asks', async ({ sql }) => { await notes(sql); });`,
		);
		expect(output).toMatch(/there is no "migratons"\nThe options are migrations, seed,/);
		expect(output).not.toContain('"directory"');
		expect(output).toMatch(/Tests +1 failed/);
	},
);

test('an option of the plugin that does not exist is refused before the first test', async () => {
	const project = makeProject({
		'vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway({ migratons: 'x' })] };`,
		'module.test.ts': module('test', clean),
	});
	const { status, stdout, stderr } = await runVitest(project);
	expect(status).toBe(1);
	expect(stderr).toMatch(/there is no "migratons"\nThe options are /);
	expect(stdout).not.toContain('module.test.ts');
});

test('types refuse an option that does not exist, and take those that do', async () => {
	const project = makeProject({
		'wrong.ts': `
			import { databaseTest, test, transactionTest } from 'slipway/vitest';
			test.extend({ postgres: { migratons: 'x' } })('a', () => {});
			databaseTest.extend({ postgres: { seed: 'x', extention: [] }, other: 1 })('b', () => {});
			transactionTest.extend({ postgres: { seeds: 'x' } })('c', () => {});`,
		'right.ts': `
			import { test } from 'slipway/vitest';
			import type { Sql } from 'postgres';
			const seeded = test.extend({ postgres: { seed: ['x'], settings: { a: 'b' }, provider: 'container' } });
			seeded('a', ({ sql }) => sql satisfies Sql);
			const made = test.extend({
				postgres: [async (_: object, use: (options: object) => Promise<void>) => use({}), { scope: 'file' }],
			});
			made('b', ({ sql }) => sql satisfies Sql);
			const more = test.extend<{ two: number }>({ two: async ({ sql }, use) => use((await sql\`SELECT\`).length) });
			more('c', ({ sql, two, connect }) => [sql satisfies Sql, two satisfies number, connect]);`,
	});
	const tsc = [
		join(project, 'node_modules/typescript/lib/tsc.js'),
		...['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024'],
	];
	const { stdout } = await runProcess(process.execPath, [...tsc, 'wrong.ts', 'right.ts'], { cwd: project });
	const errors = [...stdout.matchAll(/^(\w+\.ts)\((\d+),.*\n *Type 'NoOption<"(\w+)">'/gm)];
	expect(errors.map(([, file, line, key]) => [file, line, key])).toEqual([
		['wrong.ts', '3', 'migratons'],
		['wrong.ts', '4', 'extention'],
		['wrong.ts', '5', 'seeds'],
	]);
	expect(stdout.match(/error TS/g)).toHaveLength(3);
	for (const peer of ['dockerode', 'testcontainers']) rmSync(join(project, 'node_modules', peer));
	const strictly = [...tsc, '--skipLibCheck', 'false', 'right.ts'];
	const withoutPeers = await runProcess(process.execPath, strictly, { cwd: project });
	expect(withoutPeers).toMatchObject({ status: 0, stdout: '' });
});

test('SLIPWAY_POSTGRES says where the servers come from, and settings that mean nothing are refused', async () => {
	const project = makeProject({
		'vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway()] };`,
		'module.test.ts': `
			import { inject, test } from 'vitest';
			test('tells', () => { console.log(JSON.stringify(inject('slipway').defaults)); });`,
	});
	const chosen = await runVitest(project, [], {
		SLIPWAY_POSTGRES: 'container',
		POSTGRES_IMAGE: 'postgres:17',
	});
	expect(chosen.stdout).toContain('{"provider":"container","image":"postgres:17",');
	const { status, stderr } = await runVitest(project, [], { SLIPWAY_POSTGRES: 'external' });
	expect(status).toBe(1);
	expect(stderr).toMatch(
		/SLIPWAY_POSTGRES is "external", and tests have servers of their own.*\nSet it to one/,
	);
	const misspelt = await runVitest(project, [], { SLIPWAY_KEEP: 'faild' });
	expect(misspelt.status).toBe(1);
	expect(misspelt.stderr).toMatch(/SLIPWAY_KEEP is "faild"\nSet it to failed/);
});

test('a migration that fails is told once by each module, and tried once', async () => {
	const module = `
		import { test } from 'slipway/vitest';
		test('asks', async ({ sql }) => { await sql\`SELECT 1\`; });`;
	const project = makeProject({
		'migrations/20260102000000000_wrong.sql': '-- Up Migration\nCREATE TABEL x ();\n-- Down Migration\n',
		...Object.fromEntries([1, 2, 3, 4].map((number) => [`module-${number}.test.ts`, module])),
	});
	const { status, stdout, stderr } = await runVitest(project);
	expect(status).toBe(1);
	expect(`${stdout}${stderr}`).toContain('20260102000000000_wrong.sql');
	expect(stdout).toMatch(/Tests +4 failed/);
});

test('a test cannot take the connections of one that runs at the same time', async () => {
	const output = await runModule(
		'databaseTest',
		`test.concurrent('greedy', async ({ connect, expect }) => {
			const asked = Array.from({ length: 60 }, () => notes(connect()));
			const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
			expect(String(refused[0].reason)).toContain('too many connections for database');
			expect(refused.length).toBe(40);
		});
		test.concurrent('modest', async ({ connect, expect }) => {
			for (let round = 0; round < 20; round++) expect(await notes(connect())).toEqual([]);
		});`,
	);
	expect(output).toMatch(/Tests +2 passed/);
});
