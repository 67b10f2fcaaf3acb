import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSettings } from '../../src/settings/index.ts';
import { makeProject, slipway } from '../cli/project.ts';

const settingsIn = (project: string) =>
	loadSettings({ environment: { NODE_ENV: 'production' }, envFile: join(project, '.env') });
const mode = (file: string) => statSync(file).mode & 0o777;

test('passwords that are not set are written to .env, which only its owner may read, and none is printed', async () => {
	const project = makeProject({ '.env': '# Mine\nDB_PASSWORD=chosen\n' });
	const { status, stdout, stderr } = await slipway(project, ['secrets', 'generate']);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	expect(stdout).toBe(
		'kept DB_PASSWORD, which is set\nwrote DB_MIGRATOR_PASSWORD to .env\nwrote DB_ADMIN_PASSWORD to .env\n',
	);
	const env = join(project, '.env');
	expect(readFileSync(env, 'utf8')).toMatch(
		/^# Mine\nDB_PASSWORD=chosen\nDB_MIGRATOR_PASSWORD=[\w-]{43}\nDB_ADMIN/,
	);
	expect(mode(env)).toBe(0o600);
	const { admin, database } = settingsIn(project);
	expect(new Set([admin, database.migrator, database.app].map(({ password }) => password)).size).toBe(3);
	expect(await slipway(project, ['secrets', 'generate'])).toMatchObject({
		stdout: expect.stringMatching(/^(kept .*\n){3}$/),
	});
});

test('with --files each is in a file for its owner alone, in a folder that git ignores, and .env names it', async () => {
	const project = makeProject({ '.env': 'DATABASE_NAME=shop\n' });
	const generate = ['secrets', 'generate', '--files', 'secrets', '--json'];
	const report = JSON.parse((await slipway(project, generate)).stdout);
	const file = join(project, 'secrets/db_password');
	expect(report[0]).toEqual({ variable: 'DB_PASSWORD', file });
	expect(mode(file)).toBe(0o600);
	expect(readFileSync(join(project, 'secrets/.gitignore'), 'utf8')).toBe('*\n');
	expect(readFileSync(join(project, '.env'), 'utf8')).toContain(`DB_PASSWORD_FILE=${file}\n`);
	expect(settingsIn(project).database.app.password).toBe(readFileSync(file, 'utf8').trim());
});

test('in a folder that has other files, git ignores the passwords alone', async () => {
	const project = makeProject({ '.gitignore': 'dist', 'package.json': '{}', 'kept/other': '' });
	await slipway(project, ['secrets', 'generate', '--files', '.']);
	const names = ['db_password', 'db_migrator_password', 'db_admin_password'];
	const lines = names.map((name) => `/${name}\n/${name}.*\n`).join('');
	expect(readFileSync(join(project, '.gitignore'), 'utf8')).toBe(`dist\n${lines}`);
	rmSync(join(project, '.env'));
	await slipway(project, ['secrets', 'generate', '--files', 'kept']);
	expect(readFileSync(join(project, 'kept/.gitignore'), 'utf8')).toBe(lines);
});

test('a folder that cannot be created is an error that names the file', async () => {
	const project = makeProject({ secrets: '' });
	const { status, stderr } = await slipway(project, ['secrets', 'generate', '--files', 'secrets/new']);
	expect({ status, stderr }).toEqual({
		status: 1,
		stderr: expect.stringContaining(`${join(project, 'secrets/new/db_password')} cannot be written: ENOTDIR`),
	});
	expect(existsSync(join(project, '.env'))).toBe(false);
});

test('a user id that is not a number is refused, and an .env that cannot be read stays as it is', async () => {
	const project = makeProject({ '.env': 'DB_PASSWORD="a\n' });
	expect(await slipway(project, ['secrets', 'generate', '--owner', 'me'])).toMatchObject({ status: 2 });
	const { status, stderr } = await slipway(project, ['secrets', 'generate', '--files', 'secrets']);
	expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('.env has an error') });
	expect(readFileSync(join(project, '.env'), 'utf8')).toBe('DB_PASSWORD="a\n');
	expect(existsSync(join(project, 'secrets'))).toBe(false);
});

test('without Docker, secrets admin fails and says why', async () => {
	const project = makeProject();
	const { status, stderr } = await slipway(project, ['secrets', 'admin'], { PATH: '/nonexistent' });
	expect({ status, stderr }).toEqual({
		status: 1,
		stderr: expect.stringContaining(
			"the password of the stack's admin was not changed: Docker is not installed",
		),
	});
});
