import { expect, test } from 'vitest';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

const files = {
	'fixtures.test.ts': `
		import { test, databaseTest, transactionTest } from 'slipway/vitest';
		import pg from 'pg';
		test('postgres.js on a server', async ({ sql }) => { await sql\`TRUNCATE note\`; });
		databaseTest('pg on a database', async ({ app }) => {
			const client = new pg.Client(app);
			await client.connect();
			try { await client.query("SELECT setval('note_id_seq', 7)"); } finally { await client.end(); }
		});
		transactionTest('a transaction', async ({ sql }) => { await sql\`COMMENT ON TABLE note IS 'x'\`; });`,
	'application.test.ts': `
		import { databaseTest, test } from 'slipway/vitest';
		import { expect } from 'vitest';
		const answers = async (sql) => await sql\`TRUNCATE page\`.then(() => 200, () => 500);
		test('that expects a refusal', async ({ sql }) => { expect(await answers(sql)).toBe(500); });
		test('that fails for another reason', async ({ sql }) => { expect(await sql\`SELECT 1 AS a\`).toEqual([{ a: 2 }]); });
		databaseTest('that hides the error', async ({ sql }) => { expect(await answers(sql)).toBe(200); });`,
	'app.ts': `
		import pg from 'pg';
		const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
		export const clear = async () => await pool.query('TRUNCATE page').then(() => 200, () => 500);`,
	'unchanged.test.ts': `
		import { expect, test } from 'vitest';
		import { clear } from './app.ts';
		test('expects a refusal', async () => { expect(await clear()).toBe(500); });
		test('of an unchanged application', async () => { expect(await clear()).toBe(200); });`,
	'hooks.test.ts': `
		import { test } from 'slipway/vitest';
		import { describe } from 'vitest';
		describe('group', () => {
			test.beforeAll(async ({ migrator, sql }) => { await sql\`CREATE TABLE IF NOT EXISTS note (id int)\`; });
			test('never runs', () => {});
		});`,
	'import.test.ts': `
		import { test } from 'vitest';
		throw new Error('cannot start', { cause: new Error('permission denied to create temporary tables in database "app"') });
		test('never runs', () => {});`,
};

/** What vitest prints about each failed test, by its name. */
function failuresIn(output: string): Record<string, string> {
	const [, ...parts] = output.split(/^ FAIL +\S+ > /m);
	return Object.fromEntries(parts.map((part) => [part.split('\n')[0], part]));
}

test('a failed test says which grant the app lacks, also where its application hid the error', async () => {
	const { stdout, stderr } = await runVitest(makeProject(files));
	const failures = failuresIn(`${stdout}\n${stderr}`);
	expect(failures['postgres.js on a server']).toContain('GRANT TRUNCATE ON "note" TO app_user;');
	expect(failures['pg on a database']).toContain('GRANT UPDATE ON SEQUENCE "note_id_seq" TO app_user;');
	expect(failures['a transaction']).toContain('Do it in a migration.');
	for (const name of ['that hides the error', 'of an unchanged application'])
		expect(failures[name]).toMatch(
			/expected 500 to be 200.*\n.*permission denied for table page\n +TRUNCATE page\n.*\n +GRANT TRUNCATE ON "page"/,
		);
	expect(failures.group).toContain('CREATE on the schema "public", also for IF NOT EXISTS');
	expect(`${stdout}\n${stderr}`).toMatch(/cannot start\nHint: app_user lacks TEMPORARY/);
	expect(failures['of an unchanged application']?.match(/GRANT/g)).toHaveLength(1);
	expect(failures['that fails for another reason']).not.toContain('GRANT');
});
