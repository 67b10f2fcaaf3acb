import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PostgresServer } from 'slipway';
import { projectRoot, runProcess, startProcess } from 'slipway/test-helpers/child-process';
import {
	makesTable,
	migrationsDirectory,
	type OwnDatabase,
	ownDatabase,
	writeMigration,
} from 'slipway/test-helpers/own-database';
import { startTestServer } from 'slipway/test-helpers/server';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { startOnTerminal } from 'slipway/test-helpers/terminal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownCheckout } from '../helpers/checkout.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs scripts/migrate with settings for `database`. */
function migrate(database: OwnDatabase, args: readonly string[], environment = {}) {
	return startMigrate(database, args, environment).finished;
}

function startMigrate(
	{ settings, migrator }: OwnDatabase,
	args: readonly string[],
	environment = {},
	start = startProcess,
) {
	return start(join(projectRoot, 'scripts/migrate'), args, {
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
	test.each(['SIGINT', 'SIGTERM'] as const)(
		'interrupted by %s reports the state of the database',
		async (signal) => {
			const database = await ownDatabase(server);
			const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': 'SELECT pg_sleep(600);' });
			const { pid, printed, finished } = startMigrate(database, ['up', '--directory', directory]);
			await printed('applied 1_a');
			process.kill(pid, signal);
			expect(await finished).toEqual({
				status: signal,
				stdout: 'applied 1_a\n',
				stderr: expect.stringMatching(/^interrupted: the running migration is rolled back, .*\n$/),
			});
		},
	);

	test("applies and reverts the project's own migrations", async () => {
		const database = await ownDatabase(server);
		const names = readdirSync(join(projectRoot, 'migrations')).map((file) => file.replace('.sql', ''));
		const [last = ''] = names.slice(-1);
		const lines = (start: string) => names.map((name) => `${start} +${name}( +from .*)?\n`).join('');
		expect(await migrate(database, ['status'])).toMatchObject({
			status: 3,
			stdout: expect.stringMatching(new RegExp(`^STATE .*\n${lines('pending')}$`)),
		});
		expect(await migrate(database, ['up'])).toMatchObject({
			status: 0,
			stdout: names.map((name) => `applied ${name}\n`).join(''),
			stderr: '',
		});
		expect(await migrate(database, ['up'])).toMatchObject({
			status: 0,
			stdout: '',
			stderr: 'nothing is pending\n',
		});
		expect(await migrate(database, ['status'])).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(new RegExp(`\n${lines('applied +\\d{4}-\\S+Z')}$`)),
		});
		expect(await migrate(database, ['down'])).toMatchObject({
			status: 1,
			stdout: '',
			stderr: expect.stringMatching(
				new RegExp(`terminal on which to ask whether to revert ${last}\n  Pass --yes`),
			),
		});
		for (const name of names.toReversed())
			expect(await migrate(database, ['down', '--yes'])).toMatchObject({
				status: 0,
				stdout: `reverted ${name}\n`,
			});
		expect(await migrate(database, ['down', '--yes'])).toMatchObject({
			status: 0,
			stderr: 'nothing is applied\n',
		});
	});

	test('lists ignored files if it finds nothing to apply', async () => {
		const database = await ownDatabase(server);
		const directory = temporaryDirectory();
		mkdirSync(join(directory, 'meta'));
		writeFileSync(join(directory, 'meta/_journal.json'), '{}');
		const run = (command: string) => migrate(database, [command, '--directory', directory]);
		for (const command of ['up', 'status'])
			expect(await run(command)).toMatchObject({
				status: 0,
				stderr: `there are no migrations in ${directory}; ignored in ${directory}: meta/\n`,
			});
		writeMigration(directory, '1_a', makesTable('a'));
		await run('up');
		expect((await run('up')).stderr).toBe(`nothing is pending; ignored in ${directory}: meta/\n`);
		mkdirSync(join(directory, '2_b'));
		writeFileSync(join(directory, '2_b/migration.sql'), makesTable('b'));
		for (const command of ['up', 'status', 'lint', 'rebase'])
			expect(await run(command)).toMatchObject({
				status: 1,
				stderr: expect.stringContaining('2_b/: it would never run, but contains migration.sql'),
			});
	});

	test('prints the status as JSON, and fails if files and database do not match', async () => {
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

	test('reports the location of a failure, without a stack trace or a password', async () => {
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
				'applied before: 1_a',
				'  Fix the file, then run scripts/migrate up again.',
				'',
			].join('\n'),
		);
		const verbose = await migrate(database, ['up', '--verbose', '--directory', directory]);
		expect(verbose.stderr).toMatch(/\n\s+at .*\n(.*\n)*caused by: /);
		expect(verbose.stderr).not.toContain(database.migrator.password);
	});

	test('reports why it cannot reach the database', async () => {
		const database = await ownDatabase(server);
		const problems = [
			[{ DB_MIGRATOR_PASSWORD: 'wr0ng' }, /does not accept the password of/],
			[{ DATABASE_NAME: 'nowhere' }, /there is no database "nowhere"/],
			[{ DB_HOST: 'nowhere.invalid' }, /the host name "nowhere.invalid"/],
			[{ DB_PORT: 'x' }, /DB_PORT/],
			[{ NODE_ENV: 'production', DB_MIGRATOR_PASSWORD: '' }, /DB_MIGRATOR_PASSWORD/],
		] as const;
		for (const [environment, message] of problems) {
			const { status, stdout, stderr } = await migrate(database, ['up'], environment);
			expect([status, stdout]).toEqual([1, '']);
			expect(stderr).toMatch(message);
			expect(stderr).not.toMatch(/wr0ng|\n\s+at /);
		}
	});

	test('does not use a server that no setting names', async () => {
		const checkout = ownCheckout();
		for (const script of ['migrate.ts status', 'migrate.ts down --yes', 'seed.ts']) {
			const [file = '', ...args] = script.split(' ');
			const ended = await runProcess(process.execPath, [join(checkout, 'scripts', file), ...args]);
			expect(ended).toMatchObject({ status: 1, stdout: '' });
			expect(ended.stderr).toMatch(
				/^error: no database server: scripts\/dev has not run yet .*\n {2}Run scripts\/dev or npx slipway up, /,
			);
		}
	});

	test('writes a new migration without a database, and prints its path', async () => {
		const directory = temporaryDirectory();
		const run = (...words: string[]) =>
			runProcess(join(projectRoot, 'scripts/migrate'), ['new', '--directory', directory, ...words]);
		const { status, stdout } = await run('add', 'users');
		expect(status).toBe(0);
		expect(basename(stdout.trim())).toMatch(/^\d{17}_add-users\.sql$/);
		expect(readFileSync(stdout.trim(), 'utf8')).toContain('-- Up Migration');
		expect(await run('../up')).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('"../up" is not a valid name'),
		});
	});

	test('loses no data in production without --erase', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		const inProduction = (...args: string[]) =>
			migrate(database, [...args, '--directory', directory], { NODE_ENV: 'production' });
		await inProduction('up');
		for (const command of ['down', 'redo'])
			expect(await inProduction(command, '--yes')).toMatchObject({
				status: 1,
				stdout: '',
				stderr: expect.stringMatching(/NODE_ENV is production, .* 1_a .*; nothing was done\n .*--erase/),
			});
		expect(await inProduction('redo', '--yes', '--erase')).toMatchObject({
			status: 0,
			stdout: 'reverted 1_a\napplied 1_a\n',
		});
		expect(await inProduction('down', '--all', '--yes', '--erase')).toMatchObject({
			status: 0,
			stdout: 'reverted 1_a\n',
		});
	});

	test('asks on a terminal before it loses data, and proceeds only on yes', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		await migrate(database, ['up', '--directory', directory]);
		for (const [keys, status, end] of [
			['n\r', 1, /\nerror: you chose not to revert 1_a\r\n {2}Answer y, or pass --yes to confirm\.\r\n$/],
			['\r', 1, /\nerror: you chose not to revert 1_a/],
			['\x03', 1, /\nerror: you chose not to revert 1_a/],
			['y\r', 0, /\nreverted 1_a\r\n$/],
		] as const) {
			const asked = startMigrate(database, ['down', '--directory', directory], {}, startOnTerminal);
			await asked.printed(/Really revert 1_a\? \[y\/N\] /);
			asked.child.stdin?.write(keys);
			expect(await asked.finished).toMatchObject({ status, stdout: expect.stringMatching(end) });
		}
	});

	test('prints only the SQL with --dry-run, and changes nothing', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		const run = (...args: string[]) => migrate(database, [...args, '--directory', directory]);
		const { status, stdout, stderr } = await run('up', '--to', '1_a', '--dry-run');
		expect([status, stderr]).toEqual([0, '']);
		expect(stdout).toMatch(
			/^CREATE TABLE IF NOT EXISTS slipway.*BEGIN;\n.*CREATE TABLE a \(id int\);\n.*COMMIT;\n$/s,
		);
		expect(stdout).not.toContain('CREATE TABLE b');
		expect(await run('status')).toMatchObject({ status: 3, stdout: expect.not.stringContaining('applied ') });
		await run('up');
		for (const [args, sql] of [
			[['down', '--all'], /DROP TABLE b;.*DROP TABLE a;/s],
			[['redo'], /DROP TABLE b;.*CREATE TABLE b/s],
			[['stamp', '1'], /DELETE FROM slipway.migrations WHERE name = '2_b';/],
		] as const)
			expect(await run(...args, '--dry-run')).toMatchObject({
				status: 0,
				stdout: expect.stringMatching(sql),
				stderr: '',
			});
		expect(await run('status')).toMatchObject({ status: 0 });
	});

	test('stamps, prints the history, and reports a newer database', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		const run = (...args: string[]) => migrate(database, [...args, '--directory', directory]);
		expect(await run('stamp', '1_a')).toMatchObject({ status: 1, stderr: expect.stringContaining('--yes') });
		expect(await run('stamp', '1_a', '--yes')).toMatchObject({
			status: 0,
			stdout: 'recorded 1_a as applied\n',
		});
		await run('up');
		const { stdout } = await run('history');
		expect(stdout).toMatch(/^AT .*\n\S+Z +stamp +\S+@\S+ +\S+_migrator +1_a\n\S+Z +up .* 2_b\n$/);
		expect(JSON.parse((await run('history', '--json')).stdout)).toMatchObject([
			{ name: '1_a', action: 'stamp', role: database.migrator.username },
			{ name: '2_b', action: 'up' },
		]);
		rmSync(join(directory, '2_b.sql'));
		for (const command of ['status', 'up'])
			expect(await run(command)).toMatchObject({
				status: 0,
				stderr: expect.stringContaining('the database is newer than these files, which lack 2_b\n'),
			});
	});

	test('releases its lock when it is killed, and keeps what it has applied', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': 'CREATE TABLE b (id int); SELECT pg_sleep(600);',
		});
		const killed = startMigrate(database, ['up', '--directory', directory]);
		await killed.printed('applied 1_a');
		killed.child.kill('SIGKILL');
		expect((await killed.finished).status).toBe('SIGKILL');
		expect(await migrate(database, ['status', '--directory', directory])).toMatchObject({
			status: 3,
			stdout: expect.stringMatching(/\napplied .* 1_a\npending .* 2_b\n$/),
		});
		writeMigration(directory, '2_b', makesTable('b'));
		expect(await migrate(database, ['up', '--directory', directory])).toMatchObject({
			status: 0,
			stdout: 'applied 2_b\n',
		});
	});

	test('takes timeouts from the settings, and options override them', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a':
				"CREATE TABLE a AS SELECT current_setting('lock_timeout'), current_setting('statement_timeout');",
		});
		const { stdout } = await migrate(
			database,
			['up', '--dry-run', '--statement-timeout', '2h', '--directory', directory],
			{ DB_MIGRATOR_LOCK_TIMEOUT: '9s', DB_MIGRATOR_STATEMENT_TIMEOUT: '8s' },
		);
		expect(stdout).toContain("SET LOCAL lock_timeout = '9s';\nSET LOCAL statement_timeout = '2h';");
		const wrong = { DB_MIGRATOR_LOCK_TIMEOUT: "1s'; DROP" };
		expect(await migrate(database, ['up'], wrong)).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('DB_MIGRATOR_LOCK_TIMEOUT'),
		});
	});

	test('finds nothing in its own migrations with lint, and fails if there is a finding', async () => {
		const run = (...args: string[]) => runProcess(join(projectRoot, 'scripts/migrate'), ['lint', ...args]);
		expect(await run()).toMatchObject({ status: 0, stdout: '', stderr: '' });
		const directory = migrationsDirectory({ '1_a': 'DROP TABLE counter;' });
		expect(await run('--directory', directory)).toMatchObject({
			status: 1,
			stdout: expect.stringMatching(/1_a\.sql:1:1: ban-drop-table: .* src\/counter\/[\w/]+\.ts:\d+/),
			stderr: expect.stringContaining('-- lint: allow KIND because REASON'),
		});
	});

	test('has a --help text, and rejects unknown arguments', async () => {
		const run = (...args: string[]) => runProcess(join(projectRoot, 'scripts/migrate'), args);
		expect(await run('--help')).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/up .*down .*status .*new /s),
		});
		expect(await run('status', '--help')).toMatchObject({
			status: 0,
			stdout: expect.stringContaining('3 some pending'),
		});
		for (const args of [
			[],
			['sideways'],
			['down', '--count', '0'],
			['new'],
			['up', 'x'],
			['stamp', 'a', 'b'],
			['stamp'],
			['stamp', 'a', '--none'],
			['down', '--all', '--to', 'a'],
			['up', '--lock-timeout', '3 s'],
		])
			expect(await run(...args)).toMatchObject({ status: 2, stdout: '' });
	});
});
