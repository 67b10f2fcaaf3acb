import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../src/postgres/index.ts';
import { rotatePassword } from '../../src/secrets/index.ts';
import { findPasswordSource, nextPasswordFile, readPasswords } from '../../src/settings/index.ts';
import { startModule } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { newDatabase, run } from '../helpers/new-database.ts';
import { folderWith } from '../helpers/project-files.ts';
import { startTestServer } from '../helpers/server.ts';

const settings = newDatabase();
const { username } = settings.app;
let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
	await bootstrapDatabase(server.admin, settings);
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

const login = (password: string | undefined) =>
	run(server.admin, settings.name, { username, password: password ?? '' }, 'SELECT 1');

/** The app's password in `.env` or in a file of its own, in a folder of the test's. */
const places = {
	'.env': () => {
		const folder = folderWith({ '.env': '# Keep me\nDB_PASSWORD=old # the app\nPORT=3000\n' });
		return { environment: {}, envFile: join(folder, '.env') };
	},
	'a file': () => {
		const folder = folderWith({ password: 'old\n' });
		return {
			environment: { DB_PASSWORD_FILE: join(folder, 'password') },
			envFile: join(folder, '.env'),
		};
	},
};

test.each(Object.entries(places))('a password in %s is changed there and on the server', async (_, place) => {
	const sources = place();
	const { file } = await rotatePassword(server.admin, { role: 'app', username, sources });
	const passwords = readPasswords(sources, 'app');
	expect(passwords).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
	await login(passwords[0]);
	await expect(login('old')).rejects.toMatchObject({ code: 'wrong-password' });
	expect(existsSync(nextPasswordFile(findPasswordSource(sources, 'app')))).toBe(false);
	const text = readFileSync(file, 'utf8').replace(passwords[0] ?? '', '…');
	expect(text).toBe(file.endsWith('.env') ? '# Keep me\nDB_PASSWORD=… # the app\nPORT=3000\n' : '…\n');
});

test('a password on the first line of an .env with a byte order mark is changed there', async () => {
	const envFile = join(folderWith({ '.env': '\ufeffDB_PASSWORD=old\n' }), '.env');
	const sources = { environment: {}, envFile };
	await rotatePassword(server.admin, { role: 'app', username, sources });
	expect(readFileSync(envFile, 'utf8')).toMatch(/^DB_PASSWORD=[\w-]{43}\n$/);
	await login(readPasswords(sources, 'app')[0]);
});

test('a container that has the file mounted sees the new password in it', async () => {
	const sources = places['a file']();
	const before = statSync(sources.environment.DB_PASSWORD_FILE);
	await rotatePassword(server.admin, { role: 'app', username, sources });
	expect(statSync(sources.environment.DB_PASSWORD_FILE).ino).toBe(before.ino);
});

test('several rotations at once leave the password of the last one', async () => {
	const sources = places['.env']();
	const rotation = { role: 'app', username, sources } as const;
	await Promise.all(Array.from({ length: 4 }, () => rotatePassword(server.admin, rotation)));
	const passwords = readPasswords(sources, 'app');
	expect(passwords).toHaveLength(1);
	await login(passwords[0]);
});

test.each([
	['is in the environment', { DB_PASSWORD: 'old' }, 'password-not-in-file'],
	['is in DATABASE_URL', { DATABASE_URL: 'postgres://app:old@localhost/app' }, 'password-not-in-file'],
	['is in a folder', { DB_PASSWORD_FILE: import.meta.dirname }, 'secret-not-writable'],
])('nothing is changed if the password %s', async (_, environment, code) => {
	const sources = { environment, envFile: join(folderWith({}), '.env') };
	const current = readPasswords(sources, 'app');
	await expect(rotatePassword(server.admin, { role: 'app', username, sources })).rejects.toMatchObject({
		code,
	});
	expect(readPasswords(sources, 'app')).toEqual(current);
});

test('a role that does not exist is an error, and no password is written', async () => {
	const sources = places['.env']();
	const rotation = { role: 'app', username: `${username}_other`, sources } as const;
	await expect(rotatePassword(server.admin, rotation)).rejects.toMatchObject({ code: 'no-role' });
	expect(readPasswords(sources, 'app')).toEqual(['old']);
});

/** The more, the more places it is killed at. */
const runs = Number(process.env.SLIPWAY_KILL_RUNS ?? 4);

test.each(Object.entries(places))(
	'after a SIGKILL at any moment, the password is in %s or in the file beside it, and a rerun completes the change',
	{ timeout: 600_000 + runs * 5_000 },
	async (_, place) => {
		const sources = place();
		const rotation = { role: 'app', username, sources } as const;
		await rotatePassword(server.admin, rotation);
		for (let kill = 0; kill < runs; kill += 1) {
			const rotating = startModule(
				`import { rotatePassword } from './src/secrets/index.ts';
				const [admin, rotation] = process.argv.slice(-2).map((each) => JSON.parse(each));
				for (;;) { await rotatePassword(admin, rotation); console.log('rotated'); }`,
				[JSON.stringify(server.admin), JSON.stringify(rotation)],
			);
			await rotating.printed('rotated');
			await sleep(Math.random() * 60);
			rotating.child.kill('SIGKILL');
			await rotating.finished;

			const isAccepted = (password: string) =>
				login(password).then(
					() => true,
					() => false,
				);
			// The server may still be changing it, between two of these logins.
			await eventually(async () =>
				(await Promise.all(readPasswords(sources, 'app').map(isAccepted))).includes(true),
			);
			await rotatePassword(server.admin, rotation);
			const [password, ...others] = readPasswords(sources, 'app');
			expect(others).toEqual([]);
			await login(password);
		}
	},
);

test.each(['before', 'after'])(
	'the admin rotates its own, also if that was interrupted %s the server had it',
	async (moment) => {
		const name = `${settings.name}_admin_${moment}`;
		const folder = folderWith({
			'.env': 'DB_ADMIN_PASSWORD=old\n',
			'.slipway/DB_ADMIN_PASSWORD.next': 'next\n',
		});
		const sources = { environment: {}, envFile: join(folder, '.env') };
		const password = moment === 'before' ? 'old' : 'next';
		await run(
			server.admin,
			'postgres',
			server.admin,
			`CREATE ROLE ${name} SUPERUSER LOGIN PASSWORD '${password}'`,
		);
		const admin = { ...server.admin, username: name, password: 'old' };
		await rotatePassword(admin, { role: 'admin', username: name, sources });
		expect(readPasswords(sources, 'admin')).toEqual(['next']);
		expect(
			await run(
				{ ...admin, password: 'next' },
				'postgres',
				{ ...admin, password: 'next' },
				'SELECT 1 AS one',
			),
		).toEqual([{ one: 1 }]);
	},
);

test('an empty file of the next password is not used', async () => {
	const sources = places['a file']();
	writeFileSync(nextPasswordFile(findPasswordSource(sources, 'app')), '');
	await rotatePassword(server.admin, { role: 'app', username, sources });
	await login(readPasswords(sources, 'app')[0]);
});
