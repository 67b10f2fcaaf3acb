import { expect, test } from 'vitest';
import { makeProject } from '../config/project.ts';
import { runProcess } from '../helpers/child-process.ts';

/** A test whose application hides the error of its client. */
const hides = (expected: number) => `
	import assert from 'node:assert/strict';
	import { test } from 'node:test';
	import pg from 'pg';
	test('clears', async () => {
		const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
		const answer = await pool.query('TRUNCATE note').then(() => 200, () => 500);
		await pool.end();
		assert.equal(answer, ${expected});
	});`;

async function runTests(expected: number): Promise<string> {
	const project = makeProject({
		'migrations/1_note.sql': 'CREATE TABLE note (text text);',
		'a.test.mjs': hides(expected),
	});
	const { stdout, stderr } = await runProcess(
		process.execPath,
		['--import', 'slipway/register', '--test', '--test-reporter=tap'],
		{ cwd: project, env: { NODE_TEST_CONTEXT: undefined } },
	);
	return stdout + stderr;
}

test('a file with a failed test of node:test prints which right the app lacked', async () => {
	const failed = await runTests(200);
	expect(failed).toMatch(/# fail 1/);
	expect(failed).toContain('permission denied for table note');
	expect(failed).toContain('GRANT TRUNCATE ON "note" TO app_user;');
});

test('one whose tests expect the refusal prints nothing', async () => {
	const passed = await runTests(500);
	expect(passed).toMatch(/# pass 1/);
	expect(passed).not.toContain('permission denied');
});
