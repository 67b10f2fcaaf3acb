import { afterEach, describe, expect, test } from 'vitest';
import { makeProject, pluginWith, runVitest, usePackage } from '../vitest/project.ts';
import { useTeamServer } from './team-server.ts';

usePackage();
const server = useTeamServer();

/** Tests that find the database in the environment. */
const unchanged = `
	import pg from 'pg';
	import { expect, test } from 'vitest';
	const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
	test('has a database of its own', async () => {
		await pool.query("INSERT INTO note (text) VALUES ('mine')");
		const { rows } = await pool.query('SELECT current_user AS role, current_database() AS name FROM note');
		expect(rows).toEqual([{ role: 'app_user', name: expect.stringMatching(/^slipway_test_/) }]);
		expect(process.env.SLIPWAY_TEST_SERVER).toBe(undefined);
	});`;

/** Three tests that write a note each and count the notes they see. */
const fixture = (name: string, notes: string) => `
	import { expect } from 'vitest';
	import { ${name} as test } from 'slipway/vitest';
	for (const number of [1, 2, 3])
		test('test ' + number, async ({ sql }) => {
			await sql\`INSERT INTO note (text) VALUES (\${'note ' + number})\`;
			const [row] = await sql\`SELECT current_user AS role, count(*)::int AS notes FROM note\`;
			expect(row).toEqual({ role: 'app_user', notes: ${notes} });
		});`;

const files = {
	'unchanged-1.test.ts': unchanged,
	'unchanged-2.test.ts': unchanged,
	'server.test.ts': fixture('test', 'number'),
	'database.test.ts': fixture('databaseTest', '1'),
	'transaction.test.ts': fixture('transactionTest', '1'),
};

describe('on a shared server', () => {
	afterEach(async () => {
		expect(await server.databases('slipway_test%')).toEqual([]);
	});

	test.each([
		['each file and each test has a database of its own', pluginWith(''), 11],
		['without isolation, the fixtures do', pluginWith('url: false'), 9],
	])('%s', async (_, config, count) => {
		const { 'unchanged-1.test.ts': one, 'unchanged-2.test.ts': two, ...fixtures } = files;
		const project = makeProject({
			...(count === 9 ? fixtures : files),
			'vitest.config.ts': config,
			'slipway.config.ts': "export default { test: { provider: 'external' } };",
		});
		const args = count === 9 ? ['--no-isolate'] : [];
		const env = { SLIPWAY_TEST_SERVER: server.teamUrl() };
		const { status, stdout, stderr } = await runVitest(project, args, env);
		expect(status, stdout + stderr).toBe(0);
		expect(stdout).toContain(`Tests  ${count} passed`);
	});

	test('a test that leaves a connection open fails its file, and a failed test shows its database', async () => {
		const project = makeProject({
			'leak.test.ts': `
				import { expect } from 'vitest';
				import { databaseTest } from 'slipway/vitest';
				import pg from 'pg';
				databaseTest('leaves a connection', async ({ app }) => {
					await new pg.Client(app).connect();
				});
				databaseTest('passes', async ({ sql }) => void (await sql\`SELECT 1\`));
				databaseTest('fails', async ({ sql }) => {
					expect(await sql\`SELECT 1 AS one\`).toEqual([]);
				});`,
		});
		const env = { SLIPWAY_POSTGRES: 'external', SLIPWAY_TEST_SERVER: server.teamUrl() };
		const { status, stdout, stderr } = await runVitest(project, [], env);
		expect(status).toBe(1);
		expect(stdout + stderr).toMatch(/1 connection was not closed:\n +opened in "leaves a connection"/);
		expect(stderr).toMatch(/The test's database is kept: .*slipway_test_/);
	});
});
