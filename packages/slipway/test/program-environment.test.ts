import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programEnvironment } from '../src/program-environment.ts';
import { appConnection, loadSettings } from '../src/settings/index.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

const app = {
	host: '127.0.0.1',
	port: 15432,
	sslMode: 'disable',
	username: 'visitor',
	password: 'app-SECRET',
	database: 'visits',
} as const;

const inherited = {
	PATH: '/bin',
	DB_ADMIN_USERNAME: 'chief',
	DB_ADMIN_PASSWORD: 'admin-SECRET',
	DB_ADMIN_PASSWORD_FILE: '',
	DB_MIGRATOR_PASSWORD_FILE: '/run/secrets/migrator-SECRET',
	DB_PASSWORD_FILE: '/run/secrets/app',
	DATABASE_URL: 'postgres://admin:url-SECRET@elsewhere/other',
};

test('the program gets its own login and no other', () => {
	const environment = programEnvironment(inherited, app, '/project');
	expect(JSON.stringify(environment).match(/\w+-SECRET/g)).toEqual([
		'app-SECRET',
		'app-SECRET',
		'app-SECRET',
	]);
	expect(environment).toMatchObject({
		PATH: '/project/node_modules/.bin:/node_modules/.bin:/bin',
		DB_ADMIN_USERNAME: 'chief',
	});
});

test('the settings in that environment have the same login, whatever .env says', () => {
	const envFile = join(temporaryDirectory(), '.env');
	writeFileSync(
		envFile,
		'DATABASE_URL=postgres://a:b@c/d\nDB_ADMIN_PASSWORD_FILE=/none\nDB_PASSWORD_FILE=/none\nDB_HOST=other\n',
	);
	const environment = programEnvironment(inherited, app, '/project');
	const settings = loadSettings({ environment, envFile }, { roles: ['app'] });
	expect(appConnection(settings)).toEqual(app);
});
