import { expect, test } from 'vitest';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

/** Runs the module with the plain level and what its first lines need; resolves with what vitest printed. */
async function runModule(level: string, body: string): Promise<string> {
	const project = makeProject({
		'module.test.ts': `
			import { expect } from 'vitest';
			import { ${level} as test } from 'slipway/vitest';
			import { openClient } from 'slipway';
			import { setTimeout as sleep } from 'node:timers/promises';
			const notes = (sql) => sql\`SELECT text FROM note\`;
			${body}`,
	});
	const { stdout, stderr } = await runVitest(project, ['--reporter=verbose']);
	return `${stdout}\n${stderr}`;
}

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
			await sql\`INSERT INTO public.note (text) VALUES ('mine')\`;
			late = () => sql\`INSERT INTO note (text) VALUES ('late')\`;
		});
		test('finds nothing', async ({ sql }) => {
			expect(() => late()).toThrow('by a test that has ended');
			expect(await sql\`SELECT FROM pg_locks WHERE locktype = 'advisory'\`).toEqual([]);
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
			const [{ pid }] = await sql\`SELECT pg_backend_pid() AS pid\`;
			process.kill(await postmasterOf(pid), 'SIGKILL');
			await notes(sql);
			await sleep(100);
			await notes(sql);
		});
		${clean}
		import { readFileSync } from 'node:fs';
		const postmasterOf = (pid) => Number(/^PPid:\\s+(\\d+)/m.exec(readFileSync('/proc/' + pid + '/status', 'utf8'))[1]);`,
		);
		expect(output).toContain('the PostgreSQL server of this module ended while "kills" ran');
		expect(output).toMatch(/✓ module.test.ts > after/);
		expect(output).toMatch(/Tests +1 failed \| 1 passed/);
	},
);

test('test: where one has ended the server of the module, the others say so', async () => {
	const output = await runModule(
		'test',
		`import { readFileSync } from 'node:fs';
		const postmasterOf = (pid) => Number(/^PPid:\\s+(\\d+)/m.exec(readFileSync('/proc/' + pid + '/status', 'utf8'))[1]);
		test('kills', async ({ sql }) => {
			const [{ pid }] = await sql\`SELECT pg_backend_pid() AS pid\`;
			process.kill(await postmasterOf(pid), 'SIGKILL');
			for (;;) await notes(sql);
		});
		${clean}`,
	);
	expect(
		output.match(/the PostgreSQL server of this module ended while "kills" ran/g)?.length,
	).toBeGreaterThan(1);
	expect(output).toMatch(/Tests +2 failed/);
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
	expect(output).toContain('1 connections were not closed');
	expect(output).toContain(
		'opened in "leaks": app_user as "the pool", last statement: SELECT text FROM note',
	);
	expect(output).toMatch(/Tests +3 passed/);
	expect(output).toMatch(/Test Files +1 failed/);
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
