import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkEnvironment } from '../../src/doctor/checks/environment.ts';
import { checkSecrets } from '../../src/doctor/checks/secrets.ts';
import { describeWithEngine } from '../helpers/engine.ts';
import { contextOf, withoutDocker } from './context.ts';

test('a variable of the environment that wins over .env is found, without its value', async () => {
	const files = { '.env': "# The database\nDB_PASSWORD='pa$word'\nEDITOR=vi\n" };
	const environment = { ...withoutDocker, DB_PASSWORD: 'secret', EDITOR: 'nano' };
	expect(await checkEnvironment(await contextOf({ files, environment }))).toEqual([
		{
			level: 'warning',
			message: 'DB_PASSWORD is set in the environment, which wins over .env:2, where it has another value',
			fix: 'If the file is right: unset DB_PASSWORD',
		},
	]);
});

test('an .env whose values are the same in the environment is in order', async () => {
	const files = { '.env': 'DB_PASSWORD=secret\n' };
	const environment = { ...withoutDocker, DB_PASSWORD: 'secret' };
	expect(await checkEnvironment(await contextOf({ files, environment }))).toEqual([
		{ level: 'ok', message: '.env means the same to all that read it' },
	]);
});

describeWithEngine('with Docker Compose', () => {
	const files = {
		'compose.yaml': "services: { db: { image: 'postgres:18' } }",
		'.env': `DB_PASSWORD='pa$word'\nTEXT="first\\nsecond"\n`,
		'other.env': 'DB_PASSWORD=other\n',
	};

	test('an .env that it reads as the commands do is in order', async () => {
		const { PATH, HOME } = process.env;
		const found = await checkEnvironment(await contextOf({ files, environment: { PATH, HOME } }));
		expect(found).toEqual([{ level: 'ok', message: '.env means the same to all that read it' }]);
	});

	test('a variable that it reads from another file is found', async () => {
		const { PATH, HOME } = process.env;
		const environment = { PATH, HOME, COMPOSE_ENV_FILES: 'other.env' };
		const found = await checkEnvironment(await contextOf({ files, environment }));
		expect(found).toContainEqual({
			level: 'error',
			message: 'docker compose does not read the value of DB_PASSWORD that .env:1 has',
			fix: expect.stringContaining('COMPOSE_ENV_FILES'),
		});
	});
});

test.each([
	['with two ends of a line', 'secret\n\n'],
	['with a carriage return', 'secret\r\n'],
	['with a space before it', ' secret\n'],
	['with a byte order mark', '\uFEFFsecret\n'],
])('a password file %s is found', async (_, text) => {
	const context = await contextOf({
		files: { '.env': 'DB_PASSWORD_FILE=secrets/app\n', 'secrets/app': text },
	});
	const file = join(context.root, 'secrets/app');
	chmodSync(file, 0o600);
	expect(await checkSecrets(context)).toEqual([
		{
			level: 'error',
			message: expect.stringContaining('DB_PASSWORD_FILE=secrets/app has white space'),
			fix: `Write the file without: printf %s PASSWORD > ${file}`,
		},
	]);
});

test('a password file that other users may read is found with the command that closes it', async () => {
	const context = await contextOf({ files: { 'admin-password': 'secret\n' } });
	const file = join(context.root, 'admin-password');
	const environment = { ...withoutDocker, DB_ADMIN_PASSWORD_FILE: file };
	chmodSync(file, 0o644);
	expect(await checkSecrets({ ...context, environment })).toEqual([
		{
			level: 'warning',
			message: 'other users of this machine may read DB_ADMIN_PASSWORD_FILE=admin-password',
			fix: `Close it to them: chmod 600 ${file}`,
		},
	]);
	chmodSync(file, 0o600);
	expect(await checkSecrets({ ...context, environment })).toEqual([
		{ level: 'ok', message: 'only you can read the files with passwords' },
	]);
});
