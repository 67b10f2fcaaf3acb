import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/index.ts';
import type { LoginRole, Settings } from '../../src/settings/settings.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';
import { passwords } from './arbitraries.ts';
import { errorsOf } from './errors-of.ts';

const own = makeDirectory();
const directory = own.path;
afterAll(() => own[Symbol.dispose]());

let files = 0;
function fileWith(content: string | Uint8Array): string {
	files += 1;
	const path = join(directory, `secret-${files}`);
	writeFileSync(path, content);
	return path;
}

const byVariable: [variable: string, role: LoginRole, read: (settings: Settings) => string][] = [
	['DB_PASSWORD', 'app', (settings) => settings.database.app.password],
	['DB_MIGRATOR_PASSWORD', 'migrator', (settings) => settings.database.migrator.password],
	['DB_ADMIN_PASSWORD', 'admin', (settings) => settings.admin.password],
];

test.each(byVariable)('any password in %s is read unchanged', (variable, _role, read) => {
	fc.assert(
		fc.property(passwords, (password) => {
			expect(read(parseSettings({ [variable]: password }))).toBe(password);
		}),
	);
});

test.each(byVariable)(
	'any password in the file that %s_FILE names is read unchanged',
	(variable, _role, read) => {
		const path = fileWith('');
		// A byte order mark belongs to the file, and so does CRLF at its end.
		const storable = passwords.filter((password) => !/^\ufeff|\r$/.test(password));
		fc.assert(
			fc.property(storable, fc.constantFrom('\n', '\r\n'), (password, newline) => {
				writeFileSync(path, password + newline);
				expect(read(parseSettings({ [`${variable}_FILE`]: path }))).toBe(password);
			}),
		);
	},
);

test.each(byVariable)('%s may not be empty or contain a NUL or broken Unicode', (variable) => {
	expect(errorsOf({ [variable]: '' })).toEqual([expect.stringMatching(`^${variable}: is empty`)]);
	expect(errorsOf({ [variable]: 'a\0b' })).toEqual([expect.stringMatching(`^${variable}: contains a NUL`)]);
	expect(errorsOf({ [variable]: 'a\ud800' })).toEqual([
		expect.stringMatching(`^${variable}: is not well-formed`),
	]);
});

test('only the last newline of a file is removed', () => {
	const DB_PASSWORD_FILE = fileWith(' two\nlines \n\n');
	expect(parseSettings({ DB_PASSWORD_FILE }).database.app.password).toBe(' two\nlines \n');
});

test('a password may be a million bytes long', () => {
	const DB_PASSWORD = 'x'.repeat(1_000_000);
	expect(parseSettings({ DB_PASSWORD }).database.app.password).toBe(DB_PASSWORD);
});

const unreadable: [what: string, path: string, reason: string][] = [
	['is missing', join(directory, 'missing'), 'no such file or directory'],
	['is a directory', directory, 'illegal operation on a directory'],
	['is not UTF-8', fileWith(new Uint8Array([0xff, 0xfe, 0x61])), 'it is not UTF-8 text'],
	['has an impossible path', 'a\0b', 'it is not a path'],
];
test.each(unreadable)('a file that %s is one error that gives path and reason', (_what, path, reason) => {
	const shown = JSON.stringify(path);
	for (const variable of ['DB_PASSWORD_FILE', 'DATABASE_URL_FILE'])
		expect(errorsOf({ [variable]: path, NODE_ENV: 'production' }, { roles: ['app'] })).toEqual([
			expect.stringContaining(`${variable}=${shown}: cannot be read: ${reason}. Name a text file`),
		]);
});

test('a path equal to a default password is not refused as one', () => {
	const variables = { NODE_ENV: 'production', DB_PASSWORD_FILE: 'postgres' };
	expect(errorsOf(variables, { roles: ['app'] })).toEqual([expect.stringContaining(': cannot be read: ')]);
});

test('an error about the contents of a file does not show them', () => {
	const DB_PASSWORD_FILE = fileWith('hunter\0hunter');
	expect(errorsOf({ DB_PASSWORD_FILE })).toEqual([expect.stringContaining(': contains a NUL character')]);
	expect(errorsOf({ DB_PASSWORD_FILE }).join()).not.toContain('hunter');
	expect(errorsOf({ DB_PASSWORD_FILE: fileWith('\n') })).toEqual([expect.stringContaining(': is empty')]);
});

test('a variable and its _FILE variant may not both be set', () => {
	const path = fileWith('x');
	for (const variable of ['DB_PASSWORD', 'DB_MIGRATOR_PASSWORD', 'DB_ADMIN_PASSWORD', 'DATABASE_URL'])
		expect(errorsOf({ [variable]: 'hunter2', [`${variable}_FILE`]: path })).toEqual([
			`${variable}_FILE=${JSON.stringify(path)}: ${variable} is set as well. Remove one of the two.`,
		]);
});

test('production refuses the default passwords', () => {
	expect(errorsOf({ NODE_ENV: 'production' }).map((error) => error.split(':')[0])).toEqual([
		'DB_PASSWORD (not set)',
		'DB_MIGRATOR_PASSWORD (not set)',
		'DB_ADMIN_PASSWORD (not set)',
	]);
	expect(errorsOf({ NODE_ENV: 'test' })).toEqual([]);
});

test.each(byVariable)(
	'production refuses a default %s if the process logs in as that role',
	(variable, role) => {
		const production = { NODE_ENV: 'production' };
		expect(errorsOf(production, { roles: [role] })).toEqual([
			expect.stringContaining(`${variable} (not set): `),
		]);
		expect(errorsOf({ ...production, [variable]: 'of my own' }, { roles: [role] })).toEqual([]);
		expect(errorsOf(production, { roles: [] })).toEqual([]);
	},
);

test('production refuses any default password for any role, from every source', () => {
	const refused = (variables: Record<string, string>) =>
		errorsOf({ NODE_ENV: 'production', ...variables }, { roles: ['app'] });
	for (const password of ['app_password', 'migrator_password', 'postgres']) {
		expect(refused({ DB_PASSWORD: password })).toEqual([expect.stringMatching(/^DB_PASSWORD: is a default/)]);
		expect(refused({ DB_PASSWORD_FILE: fileWith(password) })).toEqual([
			expect.stringMatching(/is a default/),
		]);
		expect(refused({ DATABASE_URL: `postgres://u:${password}@db/app` })).toEqual([
			expect.stringMatching(/^DATABASE_URL, password: is a default/),
		]);
	}
});
