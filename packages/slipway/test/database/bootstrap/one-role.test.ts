import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import type { DatabaseSettings } from '../../../src/settings/index.ts';
import { newDatabase, run, summaries } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

function oneRole(): DatabaseSettings {
	const { name, app } = newDatabase();
	return { name, owner: app.username, migrator: app, app };
}

const asApp = ({ name, app }: DatabaseSettings, statements: string) =>
	run(server.admin, name, app, statements);

test('one role owns the database and everything that it creates, and may do no more', async () => {
	const settings = oneRole();
	const plan = await bootstrapDatabase(server.admin, settings, { dryRun: true });
	expect(await bootstrapDatabase(server.admin, settings)).toEqual(plan);
	const rows = await asApp(
		settings,
		`CREATE TABLE orders (id serial); CREATE TEMPORARY TABLE scratch (id int); CREATE SCHEMA billing;
		TRUNCATE orders; SELECT setval('orders_id_seq', 7);
		SELECT session_user = current_user AS same, pg_get_userbyid(datdba) = current_user AS owns
		FROM pg_database WHERE datname = current_database()`,
	);
	expect(rows).toEqual([{ same: true, owns: true }]);
	for (const statement of ['CREATE ROLE own', 'CREATE DATABASE own', 'ALTER SYSTEM SET work_mem = 1'])
		await expect(asApp(settings, statement)).rejects.toMatchObject({ code: '42501' });
});

test('a second run changes nothing, and drift is fixed', async () => {
	const settings = oneRole();
	await bootstrapDatabase(server.admin, settings);
	await asApp(settings, 'CREATE SCHEMA billing; CREATE TABLE billing.invoice (id int)');
	expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
	await asApp(settings, 'GRANT SELECT ON billing.invoice TO PUBLIC');
	await run(server.admin, 'postgres', server.admin, `ALTER ROLE ${settings.owner} PASSWORD 'another'`);
	expect(summaries(await bootstrapDatabase(server.admin, settings), settings)).toEqual([
		'set the password of role "app"',
		'revoked SELECT on table billing.invoice from PUBLIC',
	]);
});

test('an admin that is no superuser creates it, too', async () => {
	const username = `${newDatabase().name}_admin`;
	await run(
		server.admin,
		'postgres',
		server.admin,
		`CREATE ROLE ${username} LOGIN CREATEROLE CREATEDB PASSWORD 'managed'`,
	);
	const [admin, settings] = [{ ...server.admin, username, password: 'managed' }, oneRole()];
	await bootstrapDatabase(admin, settings);
	expect(await bootstrapDatabase(admin, settings)).toEqual([]);
	await asApp(settings, 'CREATE TABLE orders (id int); TRUNCATE orders');
});

test('a role that may do more is refused, and so is the admin', async () => {
	const settings = oneRole();
	await run(server.admin, 'postgres', server.admin, `CREATE ROLE ${settings.owner} CREATEDB`);
	await expect(bootstrapDatabase(server.admin, settings)).rejects.toMatchObject({
		code: 'role-has-other-rights',
		message: `the role "${settings.owner}" has more privileges than the only role of a database should have: it may create databases`,
		hint: expect.stringContaining(`ALTER ROLE "${settings.owner}" NOCREATEDB;`),
	});
	await expect(
		bootstrapDatabase(server.admin, {
			...settings,
			owner: 'postgres',
			migrator: server.admin,
			app: server.admin,
		}),
	).rejects.toMatchObject({ code: 'roles-not-distinct' });
});

test('a database of three roles is refused with the statement that gives it to the one', async () => {
	const three = newDatabase();
	const { name, app, migrator } = three;
	await bootstrapDatabase(server.admin, three);
	await run(server.admin, name, migrator, 'CREATE TABLE orders (id serial)');
	const one = { name, owner: app.username, migrator: app, app };
	const error = await bootstrapDatabase(server.admin, one).catch(({ errors }) => errors[0]);
	expect(error).toMatchObject({ code: 'database-belongs-to-other' });
	await run(server.admin, name, server.admin, /REASSIGN .*;/.exec(error.hint)?.[0] ?? '');
	await bootstrapDatabase(server.admin, one);
	expect(await bootstrapDatabase(server.admin, one)).toEqual([]);
	await asApp(one, 'TRUNCATE orders; ALTER TABLE orders ADD COLUMN note text');
});
