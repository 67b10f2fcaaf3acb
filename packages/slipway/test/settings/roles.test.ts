import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/index.ts';
import { brokenTexts, longNames, names } from './arbitraries.ts';
import { faultsOf } from './faults-of.ts';

const roleVariables = ['DB_ADMIN_USERNAME', 'DB_OWNER', 'DB_MIGRATOR_USERNAME', 'DB_USERNAME'] as const;

test('the owner and the migrator are named after the database', () => {
	const { database } = parseSettings({ DATABASE_NAME: 'shop' });
	expect(database.owner).toBe('shop_owner');
	expect(database.migrator.username).toBe('shop_migrator');
});

test('a database name that is too long to name roles after asks for the variables of these', () => {
	const DATABASE_NAME = 'x'.repeat(60);
	expect(faultsOf({ DATABASE_NAME })).toEqual([
		expect.stringMatching(/^DB_OWNER \(not set, so "x+_owner"\): is 66 bytes long.*Set a name/),
		expect.stringMatching(
			/^DB_MIGRATOR_USERNAME \(not set, so "x+_migrator"\): is 69 bytes long.*Set a name/,
		),
	]);
	expect(faultsOf({ DATABASE_NAME, DB_OWNER: 'o', DB_MIGRATOR_USERNAME: 'm' })).toEqual([]);
});

test('a faulty database name is one fault, not also one of each name made from it', () => {
	expect(faultsOf({ DATABASE_NAME: 'x'.repeat(64) })).toEqual([
		expect.stringMatching(/^DATABASE_NAME="x+": is 64 bytes long/),
	]);
});

test('any names that PostgreSQL takes arrive as they are', () => {
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

test('a name of 64 bytes, with a NUL or broken Unicode is refused', () => {
	const variables = fc.constantFrom(...roleVariables, 'DATABASE_NAME');
	fc.assert(
		fc.property(variables, fc.oneof(brokenTexts, longNames), (variable, name) => {
			expect(faultsOf({ [variable]: name })).toEqual([expect.stringMatching(new RegExp(`^${variable}="`))]);
		}),
	);
});

const pairs = roleVariables.flatMap((first, index) =>
	roleVariables.slice(index + 1).map((second): [string, string] => [first, second]),
);
test.each(pairs)('%s and %s may not be the same role', (first, second) => {
	const [fault, ...others] = faultsOf({ [first]: 'same', [second]: 'same' });
	expect(others).toEqual([]);
	expect(fault).toContain(`${first}="same"`);
	expect(fault).toContain(`${second}="same"`);
	expect(fault).toContain('is the same role as');
});

test('a name may not be the default of another role', () => {
	expect(faultsOf({ DB_USERNAME: 'postgres' })).toEqual([
		'DB_ADMIN_USERNAME (not set, so "postgres"): is the same role as DB_USERNAME="postgres". Set names that are all different.',
	]);
});

test('two roles with the same faulty name are a fault each, and not one more', () => {
	expect(faultsOf({ DB_OWNER: 'public', DB_USERNAME: 'public' })).toEqual([
		expect.stringContaining('DB_USERNAME="public": is a role name that PostgreSQL reserves'),
		expect.stringContaining('DB_OWNER="public": is a role name that PostgreSQL reserves'),
	]);
});
