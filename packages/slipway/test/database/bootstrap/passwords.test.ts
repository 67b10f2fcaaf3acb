import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { eventually } from '../../helpers/eventually.ts';
import { newDatabase, run } from '../../helpers/new-database.ts';
import { makeServerDirectory, startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
const directory = makeServerDirectory();

/** Logs every statement to a file that SQL can read. */
async function startLogging(): Promise<PostgresServer> {
	await using first = await startTestServer({ directory: directory.path });
	for (const setting of ['logging_collector = on', "log_statement = 'all'"])
		await run(first.admin, 'postgres', first.admin, `ALTER SYSTEM SET ${setting}`);
	await first[Symbol.asyncDispose]();
	return await startTestServer({ directory: directory.path });
}

beforeAll(async () => {
	server = await startLogging();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
	await directory[Symbol.asyncDispose]();
});

test('a password is set only if the one in the settings differs', async () => {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings);
	const rotated = { ...settings, app: { ...settings.app, password: 'the next one' } };
	expect(await bootstrapDatabase(server.admin, rotated)).toEqual([
		{
			summary: `set the password of role "${settings.app.username}"`,
			sql: `ALTER ROLE "${settings.app.username}" PASSWORD '<SCRAM-SHA-256 verifier>'`,
			redacted: true,
		},
	]);
	expect(await bootstrapDatabase(server.admin, rotated)).toEqual([]);
	await run(server.admin, settings.name, rotated.app, 'SELECT 1');
	await expect(run(server.admin, settings.name, settings.app, 'SELECT 1')).rejects.toMatchObject({
		code: 'wrong-password',
	});
});

test('a role without a password is given one', async () => {
	const settings = newDatabase();
	await run(server.admin, 'postgres', server.admin, `CREATE ROLE ${settings.app.username} LOGIN`);
	await bootstrapDatabase(server.admin, settings);
	await run(server.admin, settings.name, settings.app, 'SELECT 1');
});

test('no password reaches the log, even if the server logs all statements', async () => {
	const { admin } = server;
	const settings = newDatabase();
	await bootstrapDatabase(admin, settings);
	const rotated = { ...settings, app: { ...settings.app, password: 'the next one' } };
	await bootstrapDatabase(admin, rotated);
	await run(admin, 'postgres', admin, "SELECT 'that is all'");
	let log = '';
	await eventually(async () => {
		const [row] = await run(admin, 'postgres', admin, 'SELECT pg_read_file(pg_current_logfile()) AS log');
		log = String(row?.log);
		return log.includes('that is all');
	});
	expect(log).toContain(`ALTER ROLE "${settings.app.username}" PASSWORD 'SCRAM-SHA-256$4096:`);
	expect(log).not.toMatch(/for the app|for the migrator|the next one/);
});
