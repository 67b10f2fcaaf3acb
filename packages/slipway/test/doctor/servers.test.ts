import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openClient, withClient } from '../../src/connection/index.ts';
import { bootstrapDatabase } from '../../src/database/bootstrap/index.ts';
import { migrateUp } from '../../src/database/migrations/index.ts';
import { checkoutsFolder } from '../../src/dev/index.ts';
import { checkClock } from '../../src/doctor/checks/clock.ts';
import { checkCollations } from '../../src/doctor/checks/collations.ts';
import { checkConnections } from '../../src/doctor/checks/connections.ts';
import { checkEncryption } from '../../src/doctor/checks/encryption.ts';
import { checkMigrations } from '../../src/doctor/checks/migrations.ts';
import { checkPasswords } from '../../src/doctor/checks/passwords.ts';
import { checkPooler } from '../../src/doctor/checks/pooler.ts';
import { checkProject } from '../../src/doctor/checks/project.ts';
import type { DoctorContext } from '../../src/doctor/context.ts';
import { createCertificate } from '../../src/postgres/certificate/create.ts';
import { type PostgresServer, startEmbedded } from '../../src/postgres/index.ts';
import { migratorConnection, parseSettings, type Settings } from '../../src/settings/index.ts';
import { describeWithPgBouncer, startPgBouncer } from '../helpers/pgbouncer.ts';
import { makeDirectory, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { contextOf, type Given, problemsIn, withoutDocker } from './context.ts';

const passwords = { DB_PASSWORD: 'app', DB_MIGRATOR_PASSWORD: 'migrator', PORT: '0' };
const files = makeDirectory();
let server: PostgresServer;

/** It allows nine connections, and has a certificate for five more days. */
beforeAll(async () => {
	const day = 24 * 60 * 60 * 1000;
	const { certificate, key } = createCertificate(new Date(Date.now() - (5 * 365 - 5) * day));
	const [ssl_cert_file, ssl_key_file] = [join(files.path, 'server.crt'), join(files.path, 'server.key')];
	writeFileSync(ssl_cert_file, certificate);
	writeFileSync(ssl_key_file, key, { mode: 0o600 });
	const settings = { ssl: 'on', ssl_cert_file, ssl_key_file, max_connections: '12' };
	server = await startEmbedded({ directory: join(files.path, 'server'), settings });
	await bootstrapDatabase(server.admin, parseSettings(passwords).database);
});
afterAll(async () => {
	await server?.stop();
	files[Symbol.dispose]();
});

/** The context of a project whose settings name the server. */
function named(given: Given = {}): Promise<DoctorContext> {
	const { host, port, username, password } = server.admin;
	const login = { DB_ADMIN_USERNAME: username, DB_ADMIN_PASSWORD: password };
	const variables = { ...passwords, ...login, DB_HOST: host, DB_PORT: String(port), ...given.variables };
	return contextOf({ ...given, variables });
}

test('a server whose settings are right is in order', async () => {
	const context = await named();
	for (const check of [
		checkPasswords,
		checkClock,
		checkCollations,
		checkConnections,
		checkEncryption,
		checkPooler,
	])
		expect(problemsIn(await check(context))).toEqual([]);
});

test('a server with another time is found', async () => {
	const context = await named();
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
	onTestFinished(() => void vi.useRealTimers());
	expect(problemsIn(await checkClock(context))).toEqual([
		{
			level: 'warning',
			message: expect.stringMatching(/is (59|60|61) s behind that of this machine/),
			fix: expect.stringContaining('set their clocks'),
		},
	]);
});

test('a server in production is looked at with the database in the settings, without branches', async () => {
	const context = await named({
		files: {
			'slipway.config.ts': 'export default { dev: { branches: true } };',
			'.slipway/branches.json': '{ "id": "one", "database": "app_feature" }',
		},
		variables: { NODE_ENV: 'production', DB_PASSWORD: 'own-app', DB_MIGRATOR_PASSWORD: 'own-migrator' },
	});
	expect((await context.servers).map(({ database }) => database.name)).toEqual(['app']);
});

test('a connection to another machine that is not encrypted is found, if the server offers it', async () => {
	const { port } = server.admin;
	expect(await checkEncryption(await named({ variables: { DB_HOST: '0.0.0.0' } }))).toEqual([
		{
			level: 'warning',
			message: `the connections to 0.0.0.0:${port} are not encrypted, although the server offers it`,
			fix: expect.stringContaining('DB_SSLMODE=require'),
		},
	]);
});

test('a certificate that will soon be invalid is found', async () => {
	expect(await checkEncryption(await named({ variables: { DB_SSLMODE: 'require' } }))).toEqual([
		{
			level: 'warning',
			message: expect.stringMatching(
				/^the certificate of 127\.0\.0\.1:\d+ is valid until 20\d\d-\d\d-\d\d only$/,
			),
			fix: expect.stringContaining('Renew it'),
		},
	]);
});

test('a certificate that nobody vouches for is found by the login', async () => {
	const found = problemsIn(await checkPasswords(await named({ variables: { DB_SSLMODE: 'verify-full' } })));
	expect(found).toHaveLength(3);
	expect(found[0]).toMatchObject({ level: 'warning', fix: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
});

test('a collation that has another version than the indexes is found, with the statements that fix it', async () => {
	const context = await named();
	await withClient(
		server.admin,
		(sql) => sql`UPDATE pg_database SET datcollversion = '0' WHERE datname = 'app'`,
	);
	const [finding, ...others] = problemsIn(await checkCollations(context));
	expect(others).toEqual([]);
	expect(finding).toMatchObject({
		level: 'warning',
		message: expect.stringMatching(
			/database "app" .* version 0 of its collation, and the server has version 1/,
		),
	});
	const statements = finding?.fix?.match(/REINDEX DATABASE "app"|(?<=')ALTER .*(?=')/g) ?? [];
	expect(statements).toHaveLength(2);
	await withClient({ ...server.admin, database: 'app' }, async (sql) => {
		for (const statement of statements) await sql.unsafe(statement);
	});
	expect(problemsIn(await checkCollations(context))).toEqual([]);
});

test('a server that has almost no free connections is found, with who has them', async () => {
	const context = await named();
	const pool = openClient(server.admin, { max: 8, applicationName: 'the reloaded service' });
	await Promise.all(Array.from({ length: 8 }, () => pool`SELECT pg_sleep(0.1)`));
	expect(await checkConnections(context)).toEqual([
		{
			level: 'warning',
			message: expect.stringMatching(/^8 of 9 connections .*; the reloaded service has 8$/),
			fix: expect.stringContaining('one small pool'),
		},
	]);
	await pool.end();
});

describe('a dev server', () => {
	test('that does not have the password of the settings yet is found', async () => {
		const root = temporaryDirectory();
		await using dev = await startDevServer(root);
		await bootstrapDatabase(dev.admin, parseSettings(passwords).database);
		const variables = { ...passwords, DB_PASSWORD: 'changed' };
		expect(problemsIn(await checkPasswords(await contextOf({ root, variables })))).toEqual([
			{
				level: 'warning',
				message: 'the dev server does not accept the password of "app_user"',
				fix: expect.stringContaining('npx slipway bootstrap'),
			},
		]);
	});

	test('is looked at with the database of the git branch', async () => {
		const root = temporaryDirectory();
		await using _dev = await startDevServer(root);
		const files = {
			'slipway.config.ts': 'export default { dev: { branches: true } };',
			'.slipway/branches.json': '{ "id": "one", "database": "app_feature" }',
		};
		const context = await contextOf({ root, files });
		const servers = (await context.servers).map(({ app, database }) => [app.database, database.name]);
		expect(servers).toEqual([['app_feature', 'app_feature']]);
	});

	test('of another checkout that the settings name is found', async () => {
		const [root, other] = [temporaryDirectory(), temporaryDirectory()];
		await using dev = await startDevServer(other);
		const environment = { ...withoutDocker, XDG_STATE_HOME: join(root, 'state') };
		const listed = checkoutsFolder(environment);
		mkdirSync(listed, { recursive: true });
		writeFileSync(join(listed, 'other'), other);
		const variables = { DB_HOST: 'localhost', DB_PORT: String(dev.admin.port) };
		expect(await checkProject(await contextOf({ root, environment, variables }))).toEqual([
			{
				level: 'warning',
				message: `the server that the settings name, localhost:${dev.admin.port}, belongs to another checkout, ${other}`,
				fix: expect.stringContaining('DB_PORT'),
			},
		]);
	});

	/** As `npx slipway up` starts it. */
	const startDevServer = (root: string) =>
		startEmbedded({ directory: join(root, '.slipway/postgres'), command: 'npx slipway up' });
});

describe('migrations', () => {
	const first = '-- Up Migration\nCREATE TABLE first ();\n';

	test('that are not applied, and then edited, are found', async () => {
		const context = await named({ files: { 'migrations/1_first.sql': first } });
		const directory = join(context.root, 'migrations');
		const { port } = server.admin;
		expect(problemsIn(await checkMigrations(context))).toEqual([
			{
				level: 'warning',
				message: `the server on 127.0.0.1:${port} lacks a migration: 1_first`,
				fix: 'Apply them: npx slipway migrate up',
			},
		]);
		await migrateUp(migratorConnection(context.settings as Settings), directory);
		expect(problemsIn(await checkMigrations(context))).toEqual([]);
		writeFileSync(join(directory, '1_first.sql'), `${first}CREATE TABLE more ();\n`);
		expect(problemsIn(await checkMigrations(context))).toEqual([
			{
				level: 'error',
				message: expect.stringMatching(
					/do not match.*\n {2}1_first: its file was edited after it was applied$/,
				),
				fix: expect.stringMatching(/^Edited: restore the file/),
			},
		]);
	});

	test('of one number are found without a server', async () => {
		const both = { 'migrations/1_first.sql': first, 'migrations/1_second.sql': first };
		expect(await checkMigrations(await contextOf({ files: both }))).toEqual([
			expect.objectContaining({ level: 'error', fix: expect.stringContaining('migrate rebase') }),
		]);
	});
});

describeWithPgBouncer('a pooler', () => {
	test('that shares sessions is found where migrations would use it', async () => {
		const context = await named();
		const migrator = migratorConnection(context.settings as Settings);
		await using pooler = await startPgBouncer([migrator], 'transaction');
		const { port } = pooler.through(migrator);
		expect(await checkPooler(await named({ variables: { DB_PORT: String(port) } }))).toEqual([
			{
				level: 'error',
				message: expect.stringContaining('is a connection pooler that does not keep a session'),
				fix: expect.stringContaining('DB_MIGRATOR_HOST'),
			},
		]);
		const past = { DB_PORT: String(port), DB_MIGRATOR_PORT: String(server.admin.port) };
		expect(problemsIn(await checkPooler(await named({ variables: past })))).toEqual([]);
	});
});
