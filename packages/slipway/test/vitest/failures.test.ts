import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../helpers/child-process.ts';
import { makeProject, pluginWith, runVitest, usePackage } from './project.ts';
import { Samples } from './samples.ts';

usePackage();

const testFile = (fixture: string, body: string) => `
			import { expect } from 'vitest';
			import { ${fixture} as test } from 'slipway/vitest';
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

const samples = new Samples();

const escapes = [
	['COMMIT', "await sql.unsafe('COMMIT')"],
	['ROLLBACK', "await sql.unsafe('ROLLBACK')"],
	['COMMIT and BEGIN', "await sql.unsafe('COMMIT; BEGIN')"],
	['COMMIT AND CHAIN', "await sql.unsafe('COMMIT AND CHAIN')"],
	['a closed connection', 'await sql`SELECT pg_terminate_backend(pg_backend_pid())`.catch(() => {})'],
] as const;
for (const [end, statement] of escapes)
	samples.test(
		`a test that ends its transaction with ${end} fails, and the next one is clean`,
		testFile(
			'transactionTest',
			`test('escapes', async ({ sql }) => {
				await sql\`INSERT INTO note (text) VALUES ('mine')\`;
				${statement};
			});
			${clean}`,
		),
		({ output, failed, passed }) => {
			expect(output).toContain('the test ended its own transaction or lost its connection');
			expect({ failed, passed }).toEqual({ failed: ['escapes'], passed: ['after'] });
		},
	);

samples.test(
	'a test that ends with a deferred constraint violated fails',
	testFile(
		'transactionTest',
		`test('violates', async ({ sql }) => { await sql\`INSERT INTO page VALUES (1, 2)\`; });
		test('satisfies it in time', async ({ sql }) => {
			await sql\`INSERT INTO page VALUES (1, 2)\`;
			await sql\`INSERT INTO page VALUES (2, 1)\`;
		});
		${clean}`,
	),
	({ output, failed, passed }) => {
		expect(output).toContain('the test ends with a deferred constraint violated');
		expect({ failed, passed }).toEqual({ failed: ['violates'], passed: ['satisfies it in time', 'after'] });
	},
);

samples.test(
	'in a transactionTest, begin sets a savepoint, also when nested or concurrent',
	testFile(
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
	),
	({ failed, passed }) => expect({ failed, passed }).toEqual({ failed: [], passed: ['nests', 'after'] }),
);

samples.test(
	'session locks, sequence values and late queries do not reach the next transaction',
	testFile(
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
			expect(() => late()).toThrow('a test that has already ended');
			expect(await sql\`SELECT FROM pg_locks WHERE locktype = 'advisory'\`).toEqual([]);
			expect(await sql\`SELECT FROM pg_prepared_statements WHERE from_sql\`).toEqual([]);
			await expect(sql.begin((tx) => tx\`SELECT lastval()\`)).rejects.toThrow('not yet defined');
			expect(await notes(sql)).toEqual([]);
		});
		test('has no second connection', async ({ sql }) => {
			expect(() => sql.listen('channel', () => {})).toThrow('does not work in a transactionTest');
		});`,
	),
	({ failed, passed }) => {
		expect(failed).toEqual([]);
		expect(passed).toEqual(['leaves things', 'finds nothing', 'has no second connection']);
	},
);

for (const fixture of ['transactionTest', 'databaseTest'])
	samples.test(
		`${fixture}: a test that times out fails, and the next one is clean`,
		testFile(
			fixture,
			`test('hangs', { timeout: 300 }, async ({ sql }) => {
				await sql\`INSERT INTO note (text) VALUES ('mine')\`;
				await sql\`SELECT pg_sleep(600)\`;
			});
			${clean}`,
		),
		({ output, failed, passed }) => {
			expect(output).toContain('timed out in 300ms');
			expect({ failed, passed }).toEqual({ failed: ['hangs'], passed: ['after'] });
		},
	);

for (const fixture of ['transactionTest', 'databaseTest'])
	samples.test(
		`${fixture}: a test that ends its server fails with that error, and the next one gets a new server`,
		testFile(
			fixture,
			`test('kills', async ({ sql }) => {
				await killServer(sql);
				await notes(sql);
				await sleep(100);
				await notes(sql);
			});
			${clean}`,
		),
		({ output, failed, passed }) => {
			expect(output).toContain('the PostgreSQL server of this test file ended while "kills" ran');
			expect({ failed, passed }).toEqual({ failed: ['kills'], passed: ['after'] });
		},
	);

samples.test(
	'databaseTest: a test that ends its server fails even if no query does',
	testFile(
		'databaseTest',
		`test('kills', async ({ sql }) => {
			await killServer(sql);
			await sleep(3000);
		});
		${clean}`,
	),
	({ output, failed, passed }) => {
		expect(output).toContain('the PostgreSQL server of this test file ended while "kills" ran');
		expect({ failed, passed }).toEqual({ failed: ['kills'], passed: ['after'] });
	},
);

samples.test(
	'databaseTest: a server that ends during the last test, unnoticed, fails the test file',
	testFile(
		'databaseTest',
		`import { afterAll } from 'vitest';
		afterAll(() => sleep(3000)); // The end of the server takes a moment to be known.
		test('kills', async ({ sql }) => { await killServer(sql); });`,
	),
	({ file, output }) => {
		expect(output).toMatch(
			/the PostgreSQL server of this test file ended while ("kills"|one of its tests) ran/,
		);
		expect(output).toMatch(new RegExp(`^ FAIL  ${file}`, 'm'));
	},
);

samples.test(
	'test: after a test ends the server, later tests of the file report that, and the next file is clean',
	testFile(
		'test',
		`test('kills', async ({ sql }) => {
			await killServer(sql);
			for (;;) await notes(sql);
		});
		${clean}`,
	),
	({ output, failed }, next) => {
		expect(failed).toEqual(['kills', 'after']);
		expect(
			output.match(
				/the PostgreSQL server of this test file ended while "kills" ran\nFix what ended it.* The next test file gets a new server/g,
			)?.length,
		).toBeGreaterThan(1);
		expect(output).toContain('Caused by: SlipwayError: PostgreSQL exited unexpectedly. Last log lines');
		expect(next).toMatchObject({ failed: [], passed: ['after'] });
	},
	testFile('test', clean),
);

samples.test(
	'test: tests that time out leave the clients of the file usable for the next one',
	testFile(
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
	),
	({ output, failed, passed }) => {
		expect(output.match(/→ Test timed out in 300ms/g)).toHaveLength(6);
		expect(failed).toHaveLength(6);
		expect(passed).toEqual(['starts the server', 'after']);
		expect(output).not.toContain('Unhandled');
	},
);

for (const fixture of ['test', 'databaseTest'])
	samples.test(
		`${fixture}: the error for a leaked connection names the test`,
		testFile(
			fixture,
			`test('tidy', async ({ app, connect }) => {
				const own = openClient(app);
				await notes(own);
				await own.end();
				await notes(connect({ max: 3 }));
			});
			test('leaks', async ({ app }) => { await notes(openClient(app, { applicationName: 'the pool' })); });
			test('goes on', async ({ sql }) => { await notes(sql); });`,
		),
		({ file, output, failed, passed }) => {
			expect(output).toContain('1 connection was not closed');
			expect(output).toContain('or open it with the fixture `connect`, which closes it.');
			expect(output).toContain(
				`opened in "leaks" (${file}): app_user as "the pool", last statement: SELECT text FROM note`,
			);
			expect({ failed, passed }).toEqual({ failed: [], passed: ['tidy', 'leaks', 'goes on'] });
			expect(output).toMatch(new RegExp(`^ FAIL  ${file}`, 'm'));
		},
	);

for (const fixture of ['test', 'databaseTest', 'transactionTest'])
	samples.test(
		`${fixture}: an unknown option is refused with the nearest one and the list of options`,
		testFile(
			fixture,
			`test.extend({ postgres: { migratons: 'x' } })('asks', async ({ sql }) => { await notes(sql); });`,
		),
		({ output, failed }) => {
			expect(output).toMatch(
				/there is no "migratons"; did you mean "migrations"\?\nThe options are migrations, seed,/,
			);
			expect(output).not.toContain('"directory"');
			expect(failed).toEqual(['asks']);
		},
	);

samples.test(
	'a test cannot use up the connections of a concurrent test',
	testFile(
		'databaseTest',
		`test.concurrent('greedy', async ({ connect, expect }) => {
			const asked = Array.from({ length: 40 }, () => notes(connect()));
			const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
			expect(refused.map(({ reason }) => String(reason)).join()).toContain('too many connections for database');
			expect(refused.length).toBeGreaterThanOrEqual(20);
		});
		test.concurrent('modest', async ({ connect, expect }) => {
			for (let round = 0; round < 20; round++) expect(await notes(connect())).toEqual([]);
		});`,
	),
	({ failed, passed }) =>
		expect({ failed, passed: passed.toSorted() }).toEqual({ failed: [], passed: ['greedy', 'modest'] }),
);

test('leaked connections only warn, or are not looked for, where the options say so', async () => {
	const leaking = (options: string) => `
		import { openClient } from 'slipway';
		import { databaseTest, test } from 'slipway/vitest';
		for (const [name, level] of Object.entries({ test, databaseTest }))
			level.extend({ postgres: { ${options} } })('leaks in a ' + name, async ({ app }) => {
				await openClient(app)\`SELECT 1\`;
			});`;
	const project = makeProject({
		'vitest.config.ts': pluginWith("leaks: 'ignore', url: false"),
		'ignored.test.ts': leaking(''),
		'warned.test.ts': leaking("leaks: 'warn'"),
		'strict.test.ts': leaking("leaks: 'fail'"),
	});
	const { stdout, stderr } = await runVitest(project);
	expect(stdout + stderr).toMatch(/Test Files +1 failed \| 2 passed/);
	expect(stderr).toContain("set leaks: 'warn' or 'ignore' in the options of slipway()");
	const warnings = [...stderr.matchAll(/^slipway: 1 connection was not closed: opened in (.+)$/gm)];
	expect(warnings.map(([, place]) => place).toSorted()).toEqual([
		'"leaks in a databaseTest" (warned.test.ts)',
		'"leaks in a test" (warned.test.ts)',
	]);
});

test('the error for a leaked connection includes the line if vitest collects it', async () => {
	const project = makeProject({
		'vitest.config.ts': pluginWith("leaks: 'fail'"),
		'folder/sample.test.ts': `
			import { test } from 'slipway/vitest';
			import { openClient } from 'slipway';
			test('leaks', async ({ app }) => { await openClient(app)\`SELECT 1\`; });`,
	});
	const { stderr } = await runVitest(project, ['--includeTaskLocation']);
	expect(stderr).toContain('opened in "leaks" (folder/sample.test.ts:4): app_user');
});

test('an unknown option of the plugin is refused before the first test', async () => {
	const project = makeProject({
		'vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway({ migratons: 'x' })] };`,
		'sample.test.ts': testFile('test', clean),
	});
	const { status, stdout, stderr } = await runVitest(project);
	expect(status).toBe(1);
	expect(stderr).toMatch(/there is no "migratons"; did you mean "migrations"\?\nThe options are /);
	expect(stdout).not.toContain('sample.test.ts');
});

test('types reject unknown options and accept known ones', async () => {
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
	for (const peer of ['dockerode', 'testcontainers', '@types/pg'])
		rmSync(join(project, 'node_modules', peer));
	const strictly = [...tsc, '--skipLibCheck', 'false', 'right.ts'];
	const withoutPeers = await runProcess(process.execPath, strictly, { cwd: project });
	expect(withoutPeers).toMatchObject({ status: 0, stdout: '' });
});

test('SLIPWAY_POSTGRES selects the provider, and invalid settings are refused', async () => {
	const project = makeProject({
		'vitest.config.ts': `
			import { slipway } from 'slipway/vitest/plugin';
			export default { plugins: [slipway({ url: false })] };`,
		'sample.test.ts': `
			import { inject, test } from 'vitest';
			test('prints', () => { console.log(JSON.stringify(inject('slipway').defaults)); });`,
	});
	const chosen = await runVitest(project, [], {
		SLIPWAY_POSTGRES: 'container',
		POSTGRES_IMAGE: 'postgres:17',
	});
	expect(chosen.stdout).toContain('"provider":"container","image":"postgres:17"');
	const { status, stderr } = await runVitest(project, [], { SLIPWAY_POSTGRES: 'docker' });
	expect(status).toBe(1);
	expect(stderr).toMatch(
		/SLIPWAY_POSTGRES is "docker", but must be one of embedded, container, external\nSet it to one/,
	);
	const misspelled = await runVitest(project, [], { SLIPWAY_KEEP: 'faild' });
	expect(misspelled.status).toBe(1);
	expect(misspelled.stderr).toMatch(/SLIPWAY_KEEP is "faild"\nSet it to failed/);
});

test('a failing migration fails each test file once, and is tried once', async () => {
	const file = `
		import { test } from 'slipway/vitest';
		test('asks', async ({ sql }) => { await sql\`SELECT 1\`; });`;
	const project = makeProject({
		'vitest.config.ts': pluginWith('url: false'),
		'migrations/20260102000000000_wrong.sql': '-- Up Migration\nCREATE TABEL x ();\n-- Down Migration\n',
		...Object.fromEntries([1, 2, 3, 4].map((number) => [`file-${number}.test.ts`, file])),
	});
	const { status, stdout, stderr } = await runVitest(project);
	expect(status).toBe(1);
	expect(`${stdout}${stderr}`).toContain('20260102000000000_wrong.sql');
	expect(stdout).toMatch(/Tests +4 failed/);
});
