import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Connection, openClient, withClient } from '../../../src/connection/index.ts';
import { migrateUp } from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { projectRoot, startModule, startProcess } from '../../helpers/child-process.ts';
import { eventually } from '../../helpers/eventually.ts';
import {
	makesTable,
	migrationsDirectory,
	type OwnDatabase,
	ownDatabase,
	tablesOf,
	writeMigration,
} from '../../helpers/own-database.ts';
import { testInOwnNamespace } from '../../helpers/own-namespace.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Runs `migrateUp` in its own process, which gets the connection through the environment. */
const otherProcess = ({ migrator }: OwnDatabase, directory: string) =>
	startModule(
		`import { migrateUp } from './src/database/migrations/index.ts';
		const { CONNECTION, DIRECTORY } = process.env;
		console.log(JSON.stringify(await migrateUp(JSON.parse(CONNECTION), DIRECTORY)));`,
		[],
		{ env: { CONNECTION: JSON.stringify(migrator), DIRECTORY: directory } },
	);

/** Runs `scripts/migrate up` with another host name, which is all that the server sees of another machine. */
const onMachine = (name: string, { settings, migrator }: OwnDatabase, directory: string) =>
	startProcess(
		'unshare',
		[
			'--map-root-user',
			'--uts',
			'sh',
			'-c',
			'hostname "$1" && exec "$2" scripts/migrate.ts up --directory "$3"',
			'sh',
			name,
			process.execPath,
			directory,
		],
		{
			cwd: projectRoot,
			env: {
				DB_HOST: migrator.host,
				DB_PORT: String(migrator.port),
				DATABASE_NAME: settings.name,
				DB_OWNER: settings.owner,
				DB_USERNAME: settings.app.username,
				DB_MIGRATOR_USERNAME: migrator.username,
				DB_MIGRATOR_PASSWORD: migrator.password,
			},
		},
	);

/** A session that has written to the table `a` and leaves its transaction open. */
async function idleWriter(connection: Connection): Promise<AsyncDisposable> {
	const client = openClient(connection);
	await client`BEGIN`;
	await client`INSERT INTO a VALUES (1)`;
	return { [Symbol.asyncDispose]: () => client.end() };
}

const sleeping = ({ migrator }: OwnDatabase) =>
	withClient(server.admin, async (sql) => {
		const [found] = await sql`
			SELECT EXISTS (SELECT FROM pg_stat_activity
				WHERE datname = ${migrator.database} AND wait_event = 'PgSleep') AS sleeps`;
		return found?.sleeps === true;
	});

/** Ends the sleeping statement with one of PostgreSQL's functions for that. */
const wake = ({ migrator }: OwnDatabase, how: 'pg_cancel_backend' | 'pg_terminate_backend') =>
	withClient(server.admin, async (sql) => {
		await sql`SELECT ${sql.unsafe(how)}(pid) FROM pg_stat_activity
			WHERE datname = ${migrator.database} AND wait_event = 'PgSleep'`;
	});

describe('concurrent migrations of one database', () => {
	test('run one after another, and each is applied once', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		const [here, ...others] = await Promise.all([
			migrateUp(database.migrator, directory),
			migrateUp(database.migrator, directory),
			otherProcess(database, directory).finished.then(({ stdout }) => JSON.parse(stdout) as string[]),
		]);
		expect([...here, ...others.flat()]).toEqual(['1_a', '2_b']);
		expect(await tablesOf(database.migrator)).toEqual(['a', 'b']);
	});

	test('wait for the first, and say so', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'SELECT pg_sleep(600);' });
		const first = migrateUp(database.migrator, directory);
		await eventually(() => sleeping(database));
		writeMigration(directory, '1_a', makesTable('a'));
		const said = Promise.withResolvers<string>();
		const second = migrateUp(database.migrator, directory, { onProgress: said.resolve });
		expect(await said.promise).toMatch(
			/^waiting for the migration lock, held by server process \d+ \(slipway migrate \S+@\S+ as \S+; /,
		);
		expect(await tablesOf(database.migrator)).toEqual([]);
		await Promise.all([
			expect(first).rejects.toMatchObject({ code: 'migration-failed' }),
			wake(database, 'pg_cancel_backend'),
		]);
		expect(await second).toEqual(['1_a']);
	});

	test('name the app if it holds their lock, with the statement that ends it', async () => {
		const { settings, migrator, app } = await ownDatabase(server);
		const holder = openClient(app, { applicationName: 'worker' });
		onTestFinished(() => holder.end({ timeout: 0 }));
		await holder`SELECT pg_advisory_lock(7241865325823964)`;
		const said = Promise.withResolvers<string>();
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		const waiting = migrateUp(migrator, directory, { onProgress: said.resolve });
		const line = await said.promise;
		expect(line).toMatch(
			new RegExp(
				`held by server process \\d+ \\(worker as ${settings.app.username}; .*not a migration, end it: SELECT`,
			),
		);
		const statement = line.slice(line.indexOf('SELECT pg_terminate_backend'));
		await withClient(server.admin, (sql) => sql.unsafe(statement));
		expect(await waiting).toEqual(['1_a']);
	});

	test('that lose their connection while waiting say that nothing was run', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'SELECT pg_sleep(600);' });
		const first = migrateUp(database.migrator, directory);
		await eventually(() => sleeping(database));
		const onProgress = () =>
			withClient(
				server.admin,
				(sql) => sql`
					SELECT pg_terminate_backend(pid) FROM pg_stat_activity
					WHERE datname = ${database.settings.name} AND application_name LIKE 'slipway migrate%'
						AND wait_event IS DISTINCT FROM 'PgSleep'`,
			);
		await expect(migrateUp(database.migrator, directory, { onProgress })).rejects.toMatchObject({
			code: 'connection-lost',
			message: expect.stringMatching(/nothing was run$/),
		});
		await Promise.all([
			expect(first).rejects.toMatchObject({ code: 'migration-failed' }),
			wake(database, 'pg_cancel_backend'),
		]);
	});

	test('do not block CREATE INDEX CONCURRENTLY, which waits for every older statement', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		await migrateUp(migrator, directory);
		const text = '-- Up Migration, no transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);';
		writeMigration(directory, '2_index', text);
		await using writer = await idleWriter(migrator);
		const reached = Promise.withResolvers<string>();
		const first = migrateUp(migrator, directory, { onProgress: reached.resolve });
		expect(await reached.promise).toContain('2_index is waiting for a lock');
		const said = Promise.withResolvers<string>();
		const second = migrateUp(migrator, directory, { onProgress: said.resolve });
		expect(await said.promise).toContain('waiting for the migration lock');
		await writer[Symbol.asyncDispose]();
		expect(await Promise.all([first, second])).toEqual([['2_index'], []]);
	});

	test('do not wait for one that was killed during a statement', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'CREATE TABLE a (id int); SELECT pg_sleep(600);' });
		const { child } = otherProcess(database, directory);
		await eventually(() => sleeping(database));
		child.kill('SIGKILL');
		writeMigration(directory, '1_a', makesTable('a'));
		expect(await migrateUp(database.migrator, directory)).toEqual(['1_a']);
		expect(await tablesOf(database.migrator)).toEqual(['a']);
	});

	test('can be run again after the connection was lost during one', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'CREATE TABLE a (id int); SELECT pg_sleep(600);' });
		const lost = migrateUp(database.migrator, directory);
		await eventually(() => sleeping(database));
		await Promise.all([
			expect(lost).rejects.toMatchObject({
				code: 'connection-lost',
				message: expect.stringMatching(/1_a\.sql ran: .*\nIts transaction was rolled back\.$/),
			}),
			wake(database, 'pg_terminate_backend'),
		]);
		writeMigration(directory, '1_a', makesTable('a'));
		expect(await migrateUp(database.migrator, directory)).toEqual(['1_a']);
	});

	testInOwnNamespace(
		'run one after another on two machines, and the waiting one names the other machine',
		async () => {
			const database = await ownDatabase(server);
			const directory = migrationsDirectory({ '1_a': 'CREATE TABLE a (id int); SELECT pg_sleep(600);' });
			const first = onMachine('build-a', database, directory);
			await eventually(() => sleeping(database));
			writeMigration(directory, '1_a', makesTable('a'));
			const second = onMachine('build-b', database, directory);
			await second.printed(/waiting for the migration lock, held by .*slipway migrate \S+@build-a/);
			await wake(database, 'pg_terminate_backend');
			expect(await first.finished).toMatchObject({
				status: 1,
				stderr: expect.stringContaining('connection was lost'),
			});
			expect(await second.finished).toMatchObject({ status: 0, stdout: 'applied 1_a\n' });
		},
	);

	test('keep what was applied if one is killed halfway through its files', async () => {
		const database = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_a': makesTable('a'),
			'2_b': 'CREATE TABLE b (id int); SELECT pg_sleep(600);',
			'3_c': makesTable('c'),
		});
		const { child, finished } = otherProcess(database, directory);
		await eventually(() => sleeping(database));
		child.kill('SIGKILL');
		expect((await finished).status).toBe('SIGKILL');
		writeMigration(directory, '2_b', makesTable('b'));
		expect(await migrateUp(database.migrator, directory)).toEqual(['2_b', '3_c']);
		expect(await tablesOf(database.migrator)).toEqual(['a', 'b', 'c']);
	});
});
