import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapDatabase } from '../../../src/database/bootstrap/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { newDatabase, run, summaries } from '../../helpers/new-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(async () => {
	await server?.[Symbol.asyncDispose]();
});

const makeTemporary = 'CREATE TEMPORARY TABLE scratch (id int); INSERT INTO scratch VALUES (1)';

test('the app may create temporary tables only where the settings say so', async () => {
	const settings = newDatabase();
	const bootstrap = async (temporaryTables?: boolean) =>
		summaries(await bootstrapDatabase(server.admin, { ...settings, temporaryTables }), settings);
	const create = () => run(server.admin, settings.name, settings.app, makeTemporary);

	await bootstrap();
	await expect(create()).rejects.toMatchObject({ code: '42501' });
	expect(await bootstrap(true)).toEqual(['granted TEMPORARY on database "db" to "app"']);
	await create();
	expect(await bootstrap(true)).toEqual([]);
	expect(await bootstrap(false)).toEqual(['revoked TEMPORARY on database "db" from "app"']);
	await expect(create()).rejects.toMatchObject({ code: '42501' });
});
