import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeProject, slipway } from './project.ts';

test('bootstrap checks the dev server, and rotates the password of its app, but not that of its admin', async () => {
	const project = makeProject();
	onTestFinished(async () => void (await slipway(project, ['down'])));
	expect(await slipway(project, ['up'])).toMatchObject({ status: 0 });
	expect(await slipway(project, ['bootstrap', '--check'])).toMatchObject({ status: 0, stdout: '' });

	const rotated = await slipway(project, ['bootstrap', '--rotate', 'app']);
	expect(rotated).toEqual({
		status: 0,
		stdout: 'changed the password of role "app_user"; the new one is in .env\n',
		stderr: '',
	});
	expect(readFileSync(join(project, '.env'), 'utf8')).toMatch(/^DB_PASSWORD=[\w-]{43}\n$/);
	const DATABASE_URL = (await slipway(project, ['url'])).stdout.trim();
	expect(await slipway(project, ['bootstrap', '--check'])).toMatchObject({ status: 0 });
	expect(DATABASE_URL).toContain(readFileSync(join(project, '.env'), 'utf8').slice(12, -1));

	expect(await slipway(project, ['bootstrap', '--rotate', 'admin'])).toMatchObject({
		status: 1,
		stderr: expect.stringContaining("the password of the dev server's admin is not in the settings"),
	});
	expect(await slipway(project, ['bootstrap', '--rotate', 'app', '--check'])).toMatchObject({ status: 2 });
});
