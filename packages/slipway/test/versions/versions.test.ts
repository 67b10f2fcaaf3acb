import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { bootstrapDatabase } from '../../src/database/bootstrap/index.ts';
import { migrateDown, migrateUp, migrationStatus } from '../../src/database/migrations/index.ts';
import { type PostgresServer, startEmbedded } from '../../src/postgres/index.ts';
import {
	appConnection,
	type DatabaseSettings,
	migratorConnection,
	parseSettings,
} from '../../src/settings/index.ts';
import { projectRoot } from '../helpers/child-process.ts';

const migrations = join(projectRoot, 'migrations');
const databaseNamed = (name: string): DatabaseSettings => {
	const { database } = parseSettings({ DATABASE_NAME: name, DB_USERNAME: `${name}_user` });
	return database;
};

/** What the service and the tests rely on, whoever bootstrapped. */
async function expectWorkingDatabase(admin: Connection, database: DatabaseSettings): Promise<void> {
	expect(await bootstrapDatabase(admin, database)).not.toEqual([]);
	expect(await bootstrapDatabase(admin, database)).toEqual([]);
	const logins = { admin, database, endpoint: admin, migratorEndpoint: admin };
	const migrator = migratorConnection(logins);
	const names = await migrateUp(migrator, migrations);
	expect(await migrationStatus(appConnection(logins), migrations)).toMatchObject(
		names.map((name) => ({ name, state: 'applied' })),
	);
	await withClient(appConnection(logins), async (sql) => {
		const [row] = await sql`UPDATE counter SET value = value + 1 WHERE name = 'visits' RETURNING value`;
		expect(row).toEqual({ value: '1' });
		await expect(sql`DROP TABLE counter`).rejects.toMatchObject({ code: '42501' });
		await expect(sql`DELETE FROM slipway.migrations`).rejects.toMatchObject({ code: '42501' });
	});
	const [owner] = await withClient(
		migrator,
		(sql) => sql`SELECT tableowner FROM pg_tables WHERE tablename = 'counter'`,
	);
	expect(owner).toEqual({ tableowner: database.owner });
	await withClient(migrator, (sql) => sql`CREATE SCHEMA billing CREATE TABLE invoice (id serial)`);
	await withClient(appConnection(logins), async (sql) => {
		await sql`INSERT INTO billing.invoice DEFAULT VALUES`;
		await expect(sql`SELECT nextval('slipway.migrations_id_seq')`).rejects.toMatchObject({ code: '42501' });
		await sql.unsafe(`ALTER ROLE ${database.app.username} SET default_transaction_read_only = on`);
	});
	expect(await bootstrapDatabase(admin, database)).toMatchObject([
		{ summary: `reset default_transaction_read_only for "${database.app.username}"` },
	]);
	expect(await bootstrapDatabase(admin, database)).toEqual([]);
	expect(await migrateDown(migrator, migrations)).toEqual(names.slice(-1));
}

describe.each([15, 16, 17] as const)('on PostgreSQL %i', (major) => {
	let running: PostgresServer;
	beforeAll(async () => {
		running = await startEmbedded({ version: major });
	});
	afterAll(() => running.stop());

	test('a superuser bootstraps, the migrator migrates, and the app counts', async () => {
		const [version] = await withClient(
			running.admin,
			(sql) => sql`SELECT current_setting('server_version_num')::int / 10000 AS major`,
		);
		expect(version).toEqual({ major });
		const database = databaseNamed('app');
		await expectWorkingDatabase(running.admin, database);
		const app = appConnection({
			...running,
			database,
			endpoint: running.admin,
			migratorEndpoint: running.admin,
		});
		await withClient(app, async (sql) => {
			for (const call of ['lo_create(0)', 'lo_creat(-1)', "lo_from_bytea(0, '')", "lo_import('/etc/passwd')"])
				await expect(sql.unsafe(`SELECT ${call}`)).rejects.toMatchObject({ code: '42501' });
		});
	});

	test('so does the admin of a managed service, who is no superuser', async () => {
		await withClient(running.admin, (sql) =>
			sql.unsafe(`CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'of the service'`),
		);
		const manager = { ...running.admin, username: 'manager', password: 'of the service' };
		const database = databaseNamed('managed');
		await expectWorkingDatabase(manager, database);
		const app = appConnection({ admin: manager, database, endpoint: manager, migratorEndpoint: manager });
		await withClient(app, (sql) => sql`SELECT lo_create(0)`);
		const warnings: string[] = [];
		await bootstrapDatabase(manager, database, { onWarning: ({ code }) => warnings.push(code) });
		expect(warnings).toEqual(['role-owns-large-objects']);
	});

	test('one role owns the database, also where the admin is no superuser', async () => {
		const creator = { ...running.admin, username: 'creator', password: 'of the service' };
		await withClient(running.admin, (sql) =>
			sql.unsafe(`CREATE ROLE creator LOGIN CREATEROLE CREATEDB PASSWORD 'of the service'`),
		);
		for (const [admin, name] of [
			[running.admin, 'single'],
			[creator, 'managed_single'],
		] as const) {
			const database = parseSettings({ DATABASE_NAME: name, DB_USERNAME: name }, { oneRole: true }).database;
			await bootstrapDatabase(admin, database);
			expect(await bootstrapDatabase(admin, database)).toEqual([]);
			const login = { ...running.admin, ...database.app, database: name };
			expect(await migrateUp(login, migrations)).toHaveLength(readdirSync(migrations).length);
			await withClient(login, (sql) => sql`TRUNCATE counter CASCADE`);
		}
	});

	test('the holder of the bootstrap lock is named, and a dedicated server does not let other roles take it', async () => {
		const [database, { admin }] = [databaseNamed('locks'), running];
		await bootstrapDatabase(admin, database);
		const app = { ...admin, ...database.app };
		await withClient(app, async (holder) => {
			await holder`SELECT pg_advisory_lock(7250163842)`;
			const said = Promise.withResolvers<string>();
			const waiting = bootstrapDatabase(admin, database, { dedicated: true, onWait: said.resolve });
			expect(await said.promise).toMatch(/held by server process \d+ \(slipway as locks_user; /);
			await holder`SELECT pg_advisory_unlock_all()`;
			expect(await waiting).toHaveLength(3);
		});
		await expect(withClient(app, async () => {})).rejects.toMatchObject({ code: 'connect-denied' });
	});

	test('the migrator of a dedicated server sees and ends its own sessions', async () => {
		const [database, { admin }] = [databaseNamed('sessions'), running];
		await bootstrapDatabase(admin, database, { dedicated: true });
		const migrator = { ...admin, ...database.migrator, database: database.name };
		await withClient(migrator, async (other) => {
			await other`SELECT 1 AS waits`;
			const ended = await withClient(
				migrator,
				(sql) => sql`
					SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
					WHERE query = 'SELECT 1 AS waits' AND pid <> pg_backend_pid()`,
			);
			expect([...ended]).toEqual([{ ended: true }]);
		});
	});
});
