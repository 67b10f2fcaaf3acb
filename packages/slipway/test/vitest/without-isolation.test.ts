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
	{ timeout: 120_000 },
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
