import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
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

const ownSession = 'SELECT query, state FROM pg_stat_activity WHERE pid = pg_backend_pid()';
const endOther = `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
	WHERE usename = session_user AND query = 'SELECT 1 AS waits' AND pid <> pg_backend_pid()`;

async function seenAndEnded(settings: DatabaseSettings, first = ''): Promise<unknown> {
	const { name: database, migrator } = settings;
	const login = { ...server.admin, ...migrator, database };
	return await withClient(login, async (other) => {
		await other.unsafe('SELECT 1 AS waits');
		const seen = await run(server.admin, database, migrator, `${first}${ownSession}`);
		return [...seen, ...(await run(server.admin, database, migrator, `${first}${endOther}`))];
	});
}

test('on a dedicated server the migrator sees what its own sessions do, and ends them', async () => {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings, { dedicated: true });
	expect(await seenAndEnded(settings)).toEqual([{ query: ownSession, state: 'active' }, { ended: true }]);
});

test('on a shared server it does so once it has set no role', async () => {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings);
	expect(await seenAndEnded(settings)).toEqual([{ query: '<insufficient privilege>', state: null }]);
	expect(await seenAndEnded(settings, 'SET ROLE NONE; ')).toEqual([
		{ query: expect.stringContaining(ownSession), state: 'active' },
		{ ended: true },
	]);
});

test('the migrator of a dedicated server cannot end the sessions of a superuser', async () => {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings, { dedicated: true });
	await withClient(server.admin, async (superuser) => {
		const [{ pid } = { pid: 0 }] = await superuser<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
		const end = run(server.admin, settings.name, settings.migrator, `SELECT pg_terminate_backend(${pid})`);
		await expect(end).rejects.toMatchObject({ code: '42501' });
	});
});

test('bootstrap that does not call the server dedicated leaves what one did that does', async () => {
	const settings = newDatabase();
	await bootstrapDatabase(server.admin, settings);
	expect(summaries(await bootstrapDatabase(server.admin, settings, { dedicated: true }), settings)).toContain(
		'let role "owner" see and end sessions',
	);
	expect(await bootstrapDatabase(server.admin, settings)).toEqual([]);
	await run(
		server.admin,
		'postgres',
		server.admin,
		`GRANT pg_read_all_stats TO ${settings.owner} WITH ADMIN OPTION`,
	);
	await expect(bootstrapDatabase(server.admin, settings)).rejects.toMatchObject({
		code: 'role-has-other-rights',
	});
});
