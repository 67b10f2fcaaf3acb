import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PostgresServer } from '../../src/postgres/index.ts';
import { projectRoot, runProcess } from '../child-process.ts';
import {
	makesTable,
	migrationsDirectory,
	type OwnDatabase,
	ownDatabase,
	writeMigration,
} from '../database/migrations/own-database.ts';
import { startTestServer } from '../server.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs scripts/migrate with settings that name `database`. */
function migrate({ settings, migrator }: OwnDatabase, args: readonly string[], environment = {}) {
	return runProcess(join(projectRoot, 'scripts/migrate'), args, {
		env: {
			DB_HOST: migrator.host,
			DB_PORT: String(migrator.port),
			DATABASE_NAME: settings.name,
			DB_OWNER: settings.owner,
			DB_USERNAME: settings.app.username,
			DB_MIGRATOR_USERNAME: migrator.username,
			DB_MIGRATOR_PASSWORD: migrator.password,
			...environment,
		},
	});
}

describe('scripts/migrate', () => {
	test("takes the project's own migrations up and down again", async () => {
		const database = await ownDatabase(server);
		const name = '20261121090000000_create-counter';
		expect(await migrate(database, ['status'])).toMatchObject({
			status: 3,
			stdout: expect.stringMatching(new RegExp(`^STATE .*\npending +${name}\n$`)),
		});
		expect(await migrate(database, ['up'])).toMatchObject({
			status: 0,
			stdout: `applied ${name}\n`,
			stderr: '',
		});
		expect(await migrate(database, ['up'])).toMatchObject({
			status: 0,
			stdout: '',
			stderr: 'nothing is pending\n',
		});
		expect(await migrate(database, ['status'])).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(new RegExp(`\napplied +\\d{4}-\\S+Z +${name}\n$`)),
		});
		expect(await migrate(database, ['down'])).toMatchObject({
			status: 1,
			stdout: '',
			stderr: expect.stringMatching(new RegExp(`terminal to ask whether to revert ${name}\n  Say --yes`)),
		});
		expect(await migrate(database, ['down', '--yes'])).toMatchObject({
			status: 0,
			stdout: `reverted ${name}\n`,
		});
		expect(await migrate(database, ['down', '--yes'])).toMatchObject({
			status: 0,
			stderr: 'nothing is applied\n',
		});
	});

	test('says as JSON what is applied, and fails where files and database do not fit', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		await migrate(database, ['up', '--directory', directory]);
		writeMigration(directory, '1_a', makesTable('b'));
		const { status, stdout, stderr } = await migrate(database, [
			'status',
			'--json',
			'--directory',
			directory,
		]);
		expect(status).toBe(1);
		expect(JSON.parse(stdout)).toEqual([{ name: '1_a', state: 'edited', appliedAt: expect.any(String) }]);
		expect(stderr).toMatch(
			/^error: the migrations in .*\n {2}1_a: its file was edited after it was applied\n {2}Edited: /,
		);
	});

	test('names the place of a failure, and shows neither a stack nor a password', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': '\n\tCREATE TABEL b (id int);\n',
		});
		const { status, stdout, stderr } = await migrate(database, ['up', '--directory', directory]);
		expect([status, stdout]).toEqual([1, 'applied 1_a\n']);
		expect(stderr).toBe(
			[
				`error: ${join(directory, '2_b.sql')}:2:9: syntax error at or near "TABEL"`,
				'Its transaction was rolled back.',
				'applied before it: 1_a',
				'  Mend the file, then run scripts/migrate up again.',
				'',
			].join('\n'),
		);
		const verbose = await migrate(database, ['up', '--verbose', '--directory', directory]);
		expect(verbose.stderr).toMatch(/\n\s+at .*\n(.*\n)*caused by: /);
		expect(verbose.stderr).not.toContain(database.migrator.password);
	});

	test('says what stands between it and the database', async () => {
		const database = await ownDatabase(server);
		const faults = [
			[{ DB_MIGRATOR_PASSWORD: 'wr0ng' }, /does not accept the password of/],
			[{ DATABASE_NAME: 'nowhere' }, /there is no database "nowhere"/],
			[{ DB_HOST: 'nowhere.invalid' }, /the host name "nowhere.invalid"/],
			[{ DB_PORT: 'x' }, /DB_PORT/],
			[{ NODE_ENV: 'production', DB_MIGRATOR_PASSWORD: '' }, /DB_MIGRATOR_PASSWORD/],
		] as const;
		for (const [environment, message] of faults) {
			const { status, stdout, stderr } = await migrate(database, ['up'], environment);
			expect([status, stdout]).toEqual([1, '']);
			expect(stderr).toMatch(message);
			expect(stderr).not.toMatch(/wr0ng|\n\s+at /);
		}
	});

	test('writes a new migration without a database, and prints where', async () => {
		const directory = temporaryDirectory();
		const run = (...words: string[]) =>
			runProcess(join(projectRoot, 'scripts/migrate'), ['new', '--directory', directory, ...words]);
		const { status, stdout } = await run('add', 'users');
		expect(status).toBe(0);
		expect(basename(stdout.trim())).toMatch(/^\d{17}_add-users\.sql$/);
		expect(readFileSync(stdout.trim(), 'utf8')).toContain('-- Up Migration');
		expect(await run('../up')).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('"../up" cannot name'),
		});
	});

	test('explains itself, and refuses what it does not know', async () => {
		const run = (...args: string[]) => runProcess(join(projectRoot, 'scripts/migrate'), args);
		expect(await run('--help')).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/up .*down .*status .*new /s),
		});
		expect(await run('status', '--help')).toMatchObject({
			status: 0,
			stdout: expect.stringContaining('3 some pending'),
		});
		for (const args of [[], ['sideways'], ['down', '--count', '0'], ['new'], ['up', 'x']])
			expect(await run(...args)).toMatchObject({ status: 2, stdout: '' });
	});
});
