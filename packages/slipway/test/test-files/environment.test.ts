import { expect, test } from 'vitest';
import { toLogin } from '../../src/connection/index.ts';
import { setVariables } from '../../src/test-files/index.ts';

const login = toLogin({
	host: '127.0.0.1',
	port: 5432,
	sslMode: 'disable',
	username: 'app_user',
	password: 'secret',
	database: 'app',
});

test('sets the URL and PG*, hides the passwords of other roles, and restores all of them', () => {
	const environment = { PATH: '/bin', PGOPTIONS: '-c x=y', DB_ADMIN_PASSWORD: 'a', DATABASE_URL: 'mine' };
	const before = { ...environment };
	const variables = setVariables(environment, login, { urls: ['DATABASE_URL'], folder: '/project' });
	expect(environment).toMatchObject({ DATABASE_URL: login.url, PGUSER: 'app_user', PGPORT: '5432' });
	expect(Object.keys(environment)).not.toContain('PGOPTIONS');
	expect(Object.keys(environment)).not.toContain('DB_ADMIN_PASSWORD');
	variables[Symbol.dispose]();
	expect(environment).toEqual(before);
});

test('sets the URL in the variables that are named, and only there', () => {
	const environment: NodeJS.ProcessEnv = { DATABASE_URL: 'mine' };
	setVariables(environment, login, { urls: ['NOTES_URL', 'POSTGRES_URL'], folder: '/project' });
	expect(environment).toMatchObject({
		DATABASE_URL: 'mine',
		NOTES_URL: login.url,
		POSTGRES_URL: login.url,
	});
});
