import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, pluginWith, runVitest, usePackage } from './project.ts';

usePackage();

const head = `
	import { expect } from 'vitest';
	import { openClient } from 'slipway';
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	import { readFileSync } from 'node:fs';
	import { setTimeout as sleep } from 'node:timers/promises';
	const notes = async (sql) => (await sql\`SELECT text FROM note\`).map(({ text }) => text);
	const write = (sql) => sql\`INSERT INTO note (text) VALUES ('mine')\`;`;

/** Files whose tests go wrong, each beside tests that must not notice. */
const files = {
	'1-transaction.test.ts': `${head}
		transactionTest('commits', async ({ sql }) => { await write(sql); await sql.unsafe('COMMIT'); });
		transactionTest('transaction after', async ({ sql }) => { expect(await notes(sql)).toEqual([]); await write(sql); });`,
	'2-database.test.ts': `${head}
		databaseTest('fails', async ({ sql }) => { await write(sql); throw new Error('on purpose'); });
		databaseTest('database after', async ({ sql }) => { expect(await notes(sql)).toEqual([]); await write(sql); });`,
	'3-killed.test.ts': `${head}
		databaseTest('kills', async ({ sql }) => {
			const [{ pid }] = await sql\`SELECT pg_backend_pid() AS pid\`;
			const status = readFileSync('/proc/' + pid + '/status', 'utf8');
			process.kill(Number(/^PPid:\\s+(\\d+)/m.exec(status)[1]), 'SIGKILL');
			for (;;) await notes(sql);
		});
		databaseTest('database after a crash', async ({ sql }) => { expect(await notes(sql)).toEqual([]); await write(sql); });`,
	'4-leaking.test.ts': `${head}
		databaseTest('leaks', async ({ app }) => { await notes(openClient(app)); });`,
	'5-after.test.ts': `${head}
		databaseTest('database in the next file', async ({ sql }) => { expect(await notes(sql)).toEqual([]); });
		transactionTest('transaction in the next file', async ({ sql }) => { expect(await notes(sql)).toEqual([]); });
		test('server in the next file', async ({ sql }) => { expect(await notes(sql)).toEqual([]); await write(sql); });
		test('server of the file', async ({ sql }) => { expect(await notes(sql)).toEqual(['mine']); });`,
};

const passing = [
	'database after',
	'database after a crash',
	'database in the next file',
	'leaks', // Its file fails.
	'server in the next file',
	'server of the file',
	'transaction after',
	'transaction in the next file',
];

interface Report {
	readonly testResults: readonly {
		readonly name: string;
		readonly status: string;
		readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
	}[];
}

test.each([
	...['forks --isolate', 'forks --no-isolate', 'threads --isolate', 'threads --no-isolate'],
	...['vmThreads', 'vmForks'],
])('with --pool=%s, what goes wrong in a test stays in it', async (pool) => {
	const project = makeProject({ ...files, 'vitest.config.ts': pluginWith("provider: 'embedded'") });
	const args = [
		...`--pool=${pool}`.split(' '),
		'--reporter=json',
		'--reporter=default',
		'--outputFile=report.json',
	];
	const { stdout, stderr } = await runVitest(project, [...args, '--no-file-parallelism']);
	const { testResults }: Report = JSON.parse(readFileSync(join(project, 'report.json'), 'utf8'));
	const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
	const passed = tests.filter(({ status }) => status === 'passed').map(({ title }) => title);
	expect(passed.toSorted(), stdout + stderr).toEqual(passing);
	expect(tests).toHaveLength(passing.length + 3);
	const leaking = testResults.find(({ name }) => name.endsWith('4-leaking.test.ts'));
	expect(leaking).toMatchObject({ status: 'failed', message: expect.stringContaining('was not closed') });
	expect((stdout + stderr).match(/The test's database is kept: /g)).toHaveLength(1);
});
