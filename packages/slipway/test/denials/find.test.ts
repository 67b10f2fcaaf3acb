import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { findDenials } from '../../src/denials/index.ts';
import { type PreparedServer, startPostgres } from '../../src/start-postgres.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startPostgres({ provider: 'embedded', migrations: false });
	await run(server.migrator, 'CREATE TABLE orders (id int); CREATE TABLE items (id int)');
});
afterAll(() => server?.stop());

const run = (login: Connection, statement: string) => withClient(login, (sql) => sql.unsafe(statement));
const refused = (login: Connection, statement: string) => run(login, statement).catch(() => {});

test('what the app was refused since a moment is found, each once, with its whole statement', async () => {
	await refused(server.app, 'TRUNCATE items');
	const since = Date.now();
	await refused(server.app, 'TRUNCATE orders -- not of interest:\n-- UTC [1] app_user@app ERROR:\n, items');
	await refused(server.app, 'TRUNCATE orders');
	await refused(server.app, 'SELECT * FROM missing');
	await refused(server.migrator, 'CREATE ROLE other');
	await run(server.admin, 'CREATE DATABASE elsewhere');
	await refused({ ...server.app, database: 'elsewhere' }, 'CREATE TABLE more (id int)');
	const [note, ...others] = await findDenials({ ...server, since });
	expect(others).toEqual([]);
	expect(note?.split('\n').slice(0, 4)).toEqual([
		'The server refused a statement of app_user: permission denied for table orders',
		'  TRUNCATE orders -- not of interest:',
		expect.stringContaining('-- UTC [1] app_user@app ERROR:'),
		expect.stringContaining(', items'),
	]);
	expect(note).toContain('GRANT TRUNCATE ON "orders" TO app_user;');
});

test('nothing is found on a server that has ended', async () => {
	const other = await startPostgres({ provider: 'embedded', migrations: false });
	await other.stop();
	expect(await findDenials({ ...other, since: 0 })).toEqual([]);
});
