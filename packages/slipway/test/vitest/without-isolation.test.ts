import { expect, test } from 'vitest';
import { makeProject, pluginWith, runVitest, usePackage } from './project.ts';

usePackage();

/** Each test that does something wrong is followed by tests of all levels that must not notice. */
const file = `
	import { expect } from 'vitest';
	import { openClient } from 'slipway';
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	const wrong = {
		'escapes from its transaction': [transactionTest, ({ sql }) => sql.unsafe('INSERT INTO note (text) VALUES (\\'x\\'); COMMIT')],
		'fails': [transactionTest, async ({ sql }) => {
			await sql\`INSERT INTO note (text) VALUES ('x')\`;
			expect(1).toBe(2);
		}],
		'changes a role': [databaseTest, ({ connect }) => connect({ as: 'admin' })\`ALTER ROLE app_user SET work_mem = '9MB'\`],
		'ends its server': [databaseTest, async ({ sql, connect }) => {
			const [row] = await connect({ as: 'admin' })\`SELECT pg_read_file('postmaster.pid') AS text\`;
			process.kill(Number(row.text.split('\\n')[0]), 'SIGKILL');
			for (;;) await sql\`SELECT 1\`;
		}],
		'leaves a connection open': [databaseTest, ({ app }) => openClient(app)\`SELECT 1\`],
	};
	for (const [name, [level, run]] of Object.entries(wrong)) {
		level(name, async (context) => { await run(context); });
		for (const other of [databaseTest, transactionTest])
			other('after it ' + name, async ({ sql }) => {
				expect(await sql\`SELECT text FROM note\`).toEqual([]);
				expect(await sql\`SHOW work_mem\`).toEqual([{ work_mem: '4MB' }]);
				await sql\`INSERT INTO note (text) VALUES ('x')\`;
			});
	}
	test('has a server of its own', async ({ sql }) => {
		expect(await sql\`SELECT text FROM note\`).toEqual([]);
		await sql\`INSERT INTO note (text) VALUES ('x')\`;
	});`
	// vitest reads the names of fixtures from the parameter.
	.replace('async (context) => { await run(context); }', 'calling(run)')
	.replace(
		'for (const [name, [level',
		`const calling = (run) => Object.defineProperty((context) => run(context), 'toString', { value: () => run.toString() });
	for (const [name, [level`,
	);

test.each(['forks', 'threads', 'vmThreads'])(
	'without isolation, a file notices nothing of what went wrong in one before it (%s)',
	async (pool) => {
		const project = makeProject({
			'one.test.ts': file,
			'two.test.ts': file,
			'vitest.config.ts': pluginWith("url: false, provider: 'embedded'"),
		});
		const args = [`--pool=${pool}`, '--no-isolate', '--maxWorkers=1', '--reporter=verbose'];
		const { stdout, stderr } = await runVitest(project, args);
		const output = stdout + stderr;
		for (const name of ['one', 'two']) {
			expect(output).toContain(`"changes a role" (${name}.test.ts) changed the roles of a server`);
			expect(output).toContain(`opened in "leaves a connection open" (${name}.test.ts)`);
			expect(output).toMatch(new RegExp(`× ${name}.test.ts > ends its server`));
		}
		expect(output).toMatch(/Tests +8 failed \| 24 passed/);
	},
);

/** Each file notices whatever an earlier one has left, and leaves what it can. */
const transactions = (more = '') => `
	import { openClient } from 'slipway';
	import { expect } from 'vitest';
	import { transactionTest as test } from 'slipway/vitest';
	const file = import.meta.filename.split('/').at(-1);
	const find = \`SELECT nextval('note_id_seq')::int AS id, current_setting('app.person', true) AS person,
		(SELECT count(*)::int FROM note) AS notes, to_regclass('only_here') AS only_here\`;
	const leave = "SELECT set_config('app.person', 'Ada', false), pg_advisory_lock(1)";
	const write = "INSERT INTO note (text) VALUES ('mine')";
	const clean = { id: 1, person: null, notes: 0, only_here: null };
	test('client', async ({ sql }) => {
		expect(await sql.unsafe(find)).toEqual([clean]);
		for (const statement of [leave, write, 'SELECT nextval(\\'note_id_seq\\')']) await sql.unsafe(statement);
		const [{ database }] = await sql\`SELECT current_database() AS database\`;
		console.log(file + ' client ' + database);
	});
	test('pool', async ({ pool }) => {
		expect((await pool.query(find)).rows).toEqual([clean]);
		for (const statement of [leave, write]) await pool.query(statement);
		const { rows } = await pool.query('SELECT current_database() AS database');
		console.log(file + ' pool ' + rows[0].database);
	});
	${more}`;

/** With a client of its own, it writes to the database of the test. */
const escaping = `
	test('writes from outside', async ({ sql }) => {
		const { host, port, user, pass, database } = sql.options;
		const login = { host: host[0], port: port[0], username: user, password: await pass(), database, sslMode: 'disable' };
		const other = openClient(login);
		await other.unsafe("INSERT INTO note (text) VALUES ('escaped')");
		await other.end();
	});`;

test.each(['forks', 'threads'])(
	'without isolation, a file has the database of the one before for its transactions only if that is like new (%s)',
	async (pool) => {
		const project = makeProject({
			'clean-1.test.ts': transactions(),
			'clean-2.test.ts': transactions(),
			'escaping-1.test.ts': transactions(escaping),
			'escaping-2.test.ts': transactions(escaping),
			'vitest.config.ts': pluginWith('url: false, leaks: "ignore"'),
		});
		const args = [`--pool=${pool}`, '--no-isolate', '--maxWorkers=1'];
		const { stdout, stderr } = await runVitest(project, args);
		expect(stdout + stderr).toMatch(/Tests +10 passed/);
		const used = (fixture: string) => [...stdout.matchAll(new RegExp(`(\\S+[.]ts) ${fixture} (\\w+)`, 'g'))];
		// vitest chooses the order. At least one of the escaping files is followed by another.
		for (const [index, [, file, database]] of used('client').slice(0, -1).entries()) {
			const next = used('client')[index + 1]?.[2];
			if (file?.startsWith('escaping')) expect(next).not.toBe(database);
			else expect(next).toBe(database);
		}
		expect(used('pool')).toHaveLength(4);
		expect(new Set(used('pool').map(([, , database]) => database)).size).toBe(1);
	},
);
