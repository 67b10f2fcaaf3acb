import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/index.ts';
import { brokenTexts, longNames, names } from './arbitraries.ts';
import { errorsOf } from './errors-of.ts';

const roleVariables = ['DB_ADMIN_USERNAME', 'DB_OWNER', 'DB_MIGRATOR_USERNAME', 'DB_USERNAME'] as const;

test('the owner and the migrator are named after the database', () => {
	const { database } = parseSettings({ DATABASE_NAME: 'shop' });
	expect(database.owner).toBe('shop_owner');
	expect(database.migrator.username).toBe('shop_migrator');
});

test('a database name too long to derive role names from requires the variables for those names', () => {
	const DATABASE_NAME = 'x'.repeat(60);
	expect(errorsOf({ DATABASE_NAME })).toEqual([
		expect.stringMatching(/^DB_OWNER \(default "x+_owner"\): is 66 bytes long.*Set a name/),
		expect.stringMatching(/^DB_MIGRATOR_USERNAME \(default "x+_migrator"\): is 69 bytes long.*Set a name/),
	]);
	expect(errorsOf({ DATABASE_NAME, DB_OWNER: 'o', DB_MIGRATOR_USERNAME: 'm' })).toEqual([]);
});

test('an invalid database name is one error, with none for the names derived from it', () => {
	expect(errorsOf({ DATABASE_NAME: 'x'.repeat(64) })).toEqual([
		expect.stringMatching(/^DATABASE_NAME="x+": is 64 bytes long/),
	]);
});

test('any names that PostgreSQL accepts are passed on unchanged', () => {
	const distinct = fc.uniqueArray(names, { minLength: 4, maxLength: 4 });
	fc.assert(
		fc.property(distinct, names, ([admin = '', owner = '', migrator = '', app = ''], name) => {
			const { admin: parsedAdmin, database } = parseSettings({
				DB_ADMIN_USERNAME: admin,
				DB_OWNER: owner,
				DB_MIGRATOR_USERNAME: migrator,
				DB_USERNAME: app,
				DATABASE_NAME: name,
			});
			expect(parsedAdmin.username).toBe(admin);
			expect(database).toMatchObject({
				name,
				owner,
				migrator: { username: migrator },
				app: { username: app },
			});
		}),
	);
});

test('a name of 64 bytes, with a NUL or with broken Unicode is refused', () => {
	const variables = fc.constantFrom(...roleVariables, 'DATABASE_NAME');
	fc.assert(
		fc.property(variables, fc.oneof(brokenTexts, longNames), (variable, name) => {
			expect(errorsOf({ [variable]: name })).toEqual([expect.stringMatching(new RegExp(`^${variable}="`))]);
		}),
	);
});

const pairs = roleVariables.flatMap((first, index) =>
	roleVariables.slice(index + 1).map((second): [string, string] => [first, second]),
);
test.each(pairs)('%s and %s may not be the same role', (first, second) => {
	const [error, ...others] = errorsOf({ [first]: 'same', [second]: 'same' });
	expect(others).toEqual([]);
	expect(error).toContain(`${first}="same"`);
	expect(error).toContain(`${second}="same"`);
	expect(error).toContain('is the same role as');
});

test('a name may not be the default of another role', () => {
	expect(errorsOf({ DB_USERNAME: 'postgres' })).toEqual([
		'DB_ADMIN_USERNAME (default "postgres"): is the same role as DB_USERNAME="postgres". Give each role a name of its own.',
	]);
});

test('DATABASE_URL may be the login of the migrator in a process that does not log in as the app', () => {
	const variables = {
		DATABASE_URL: 'postgres://app_migrator:secret@localhost/app',
		DB_USERNAME: 'app_migrator',
		DB_PASSWORD: 'secret',
	};
	const { database } = parseSettings(variables, { roles: ['migrator'], appName: 'clerk' });
	expect(database.migrator).toEqual({ username: 'app_migrator', password: 'secret' });
	expect(database.app.username).toBe('clerk');
	expect(errorsOf(variables, { roles: ['app'] })).toEqual([
		expect.stringContaining('is the same role as DATABASE_URL, username "app_migrator"'),
	]);
});

test('two roles with the same invalid name are one error each, with none for being the same', () => {
	expect(errorsOf({ DB_OWNER: 'public', DB_USERNAME: 'public' })).toEqual([
		expect.stringContaining('DB_OWNER="public": is a role name that PostgreSQL reserves'),
		expect.stringContaining('DB_USERNAME="public": is a role name that PostgreSQL reserves'),
	]);
});

describe('one role', () => {
	const oneRole = { oneRole: true };

	test('is the owner, the migrator and the app, with the password of the app', () => {
		const app = { username: 'shop', password: 'secret' };
		expect(
			parseSettings({ DATABASE_URL: 'postgres://shop:secret@localhost/shop' }, oneRole).database,
		).toEqual({
			name: 'shop',
			owner: 'shop',
			migrator: app,
			app,
		});
	});

	test('may not be the admin, and no variable may name another', () => {
		const variables = { DB_USERNAME: 'postgres', DB_OWNER: 'me', DB_MIGRATOR_USERNAME: 'postgres' };
		expect(errorsOf(variables, oneRole)).toEqual([
			expect.stringContaining(
				'DB_ADMIN_USERNAME (default "postgres"): is the same role as DB_USERNAME="postgres"',
			),
			expect.stringMatching(/^DB_OWNER="me": is not the one role, DB_USERNAME="postgres".*slipway\.config/),
		]);
	});

	test('has one default password, which production refuses once', () => {
		const variables = { NODE_ENV: 'production', DB_ADMIN_PASSWORD: 'of its own' };
		expect(errorsOf(variables, oneRole)).toEqual([
			expect.stringMatching(/^DB_PASSWORD .*is a default password/),
		]);
	});
});
