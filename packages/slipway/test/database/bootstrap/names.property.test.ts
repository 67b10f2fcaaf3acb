import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import type { DatabaseSettings } from '../../../src/settings/index.ts';
import { newDatabase, run } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

const character = fc.oneof(
	fc.constantFrom(...`"'\\%$ ;-/@:?#=,{}()[]\`\n\t`),
	fc.constantFrom('a', 'A', 'é', 'É', 'ﬁ', 'ß', '名', '🐘', '\u00ad', '\u0301', '\u202e'),
	fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const text = fc
	.array(character, { minLength: 1, maxLength: 40 })
	.map((characters) => characters.join('').replaceAll('\0', ''))
	.filter((each) => each !== '' && each.isWellFormed());

let count = 0;
/** A name unique to this run: `stem`, truncated to leave room for a number, and sometimes padded to 63 bytes. */
const name = fc.tuple(text, fc.boolean()).map(([stem, full]) => {
	const characters = [...stem];
	while (Buffer.byteLength(characters.join('')) > 53) characters.pop();
	const unique = `${characters.join('')}_${count++}`;
	return full ? unique + 'x'.repeat(63 - Buffer.byteLength(unique)) : unique;
});

const settingsOf = fc
	.record({ name, owner: name, migrator: name, app: name, passwords: fc.tuple(text, text) })
	.map(
		({ name, owner, migrator, app, passwords }): DatabaseSettings => ({
			name,
			owner,
			migrator: { username: migrator, password: passwords[0] },
			app: { username: app, password: passwords[1] },
		}),
	);

test('all names and passwords that PostgreSQL accepts work, and a second run changes nothing', async () => {
	const { admin } = server;
	await fc.assert(
		fc.asyncProperty(settingsOf, async (settings) => {
			const { name, owner, migrator, app } = settings;
			await bootstrapDatabase(admin, settings);
			const who = 'SELECT session_user, current_user, current_database()';
			expect(await run(admin, name, app, who)).toEqual([
				{ session_user: app.username, current_user: app.username, current_database: name },
			]);
			expect(await run(admin, name, migrator, who)).toEqual([
				{ session_user: migrator.username, current_user: owner, current_database: name },
			]);
			expect(await bootstrapDatabase(admin, settings)).toEqual([]);
		}),
		{ numRuns: 10, endOnFailure: true },
	);
});

describe('names that PostgreSQL does not accept are rejected', () => {
	const bad: [string, string][] = [
		['64 bytes', 'é'.repeat(32)],
		['a NUL character', 'a\0b'],
		['nothing', ''],
		['half of a character', 'a\ud800'],
	];
	const places: [string, (settings: DatabaseSettings, name: string) => DatabaseSettings][] = [
		['database', (settings, name) => ({ ...settings, name })],
		['owner', (settings, owner) => ({ ...settings, owner })],
		['migrator', (settings, username) => ({ ...settings, migrator: { ...settings.migrator, username } })],
		['app', (settings, username) => ({ ...settings, app: { ...settings.app, username } })],
	];
	test.each(bad.flatMap(([what, name]) => places.map(([place, put]) => [place, what, put, name] as const)))(
		'%s: %s',
		async (_place, _what, put, name) => {
			await expect(bootstrapDatabase(server.admin, put(newDatabase(), name))).rejects.toMatchObject({
				code: 'invalid-identifier',
			});
		},
	);
});

test.each([
	['nothing', ''],
	['a NUL character', 'a\0b'],
	['half of a character', 'a\udfff'],
])('a password of %s is rejected, and not shown', async (_what, password) => {
	const settings = newDatabase();
	const error = await bootstrapDatabase(server.admin, {
		...settings,
		app: { ...settings.app, password },
	}).catch((each: unknown) => each);
	expect(error).toMatchObject({
		code: 'invalid-password',
		message: expect.stringMatching(/^the app's password/),
	});
	expect(String(error)).not.toContain(password || 'for the app');
});
