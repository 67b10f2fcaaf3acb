import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeProject, slipway } from './project.ts';
import { query } from './query.ts';

/** A project whose dev server runs until the test ends. */
async function runningProject(): Promise<{ project: string; url: string }> {
	const project = makeProject({ 'seeds/1_note.sql': "INSERT INTO note VALUES ('seeded');" });
	onTestFinished(async () => void (await slipway(project, ['down'])));
	await slipway(project, ['up']);
	return { project, url: (await slipway(project, ['url'])).stdout.trim() };
}

const notes = (url: string) => query(url, 'SELECT text FROM note ORDER BY text');

describe('slipway db', () => {
	test('saves, lists, restores, resets, copies and drops', async () => {
		const { project, url } = await runningProject();
		const db = (...args: string[]) => slipway(project, ['db', ...args]);
		const pnpm = { npm_config_user_agent: 'pnpm/10' };
		expect(await slipway(project, ['db', 'save', 'one'], pnpm)).toMatchObject({
			status: 0,
			stderr: expect.stringContaining('saved "one"; pnpm exec slipway db restore one brings it back'),
		});
		await query(url, "INSERT INTO note VALUES ('second')");
		expect(await db('save', 'one')).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('there is a saved state "one" already'),
		});

		writeFileSync(join(project, 'migrations/2_more.sql'), 'ALTER TABLE note ADD COLUMN at date;');
		expect((await db('restore', 'one')).stderr).toMatch(/^restored "one".*\napplied 2_more\n$/s);
		expect(await notes(url)).toEqual(['first']);
		expect((await db('restore', '--undo')).status).toBe(0);
		expect(await notes(url)).toEqual(['first', 'second']);

		expect((await db('copy', 'one', 'other')).stderr).toContain('copied "one"');
		// Such a state would hide a branch.
		expect((await db('save', 'branch:typo')).stderr).toContain('begins with branch: means a branch');
		expect((await db('copy', 'one', 'branch:typo')).stderr).toContain(
			'neither a saved state nor data of a branch',
		);
		expect((await db('reset')).stderr).toContain('Pass --yes to confirm.');
		expect((await db('reset', '--yes')).stderr).toContain('seeded seeds/1_note.sql');
		expect(await notes(url)).toEqual(['first', 'seeded']);

		expect((await db('drop', 'one', '--yes')).status).toBe(0);
		const list = JSON.parse((await db('list', '--json')).stdout);
		expect(list).toMatchObject([
			{ kind: 'database', name: 'app', isCurrent: true, size: expect.any(Number) },
			{ kind: 'state', name: 'other', from: 'app', isCurrent: false, at: expect.any(String) },
			{ kind: 'undo', name: 'app' },
		]);
		expect((await db('list')).stdout).toMatch(/^name +kind .*\napp, in use +database .*\nother +state +app/);
		expect((await db('drop', 'app', '--yes')).stderr).toContain('neither a saved state nor data of a branch');
	});

	test('leaves the data as they are if a reset fails, and refuses production', async () => {
		const { project, url } = await runningProject();
		writeFileSync(join(project, 'seeds/2_bad.sql'), 'INSERT INTO missing VALUES (1);');
		expect(await slipway(project, ['db', 'reset', '--yes'])).toMatchObject({ status: 1 });
		expect(await notes(url)).toEqual(['first']);
		expect(JSON.parse((await slipway(project, ['db', 'list', '--json'])).stdout)).toHaveLength(1);
		const production = {
			NODE_ENV: 'production',
			DB_PASSWORD: 'a',
			DB_MIGRATOR_PASSWORD: 'b',
			DB_ADMIN_PASSWORD: 'c',
		};
		expect((await slipway(project, ['db', 'list'], production)).stderr).toContain('NODE_ENV=production');
	});
});
