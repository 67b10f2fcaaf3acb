import pg from 'pg';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { type Login, toLogin, withClient } from '../src/connection/index.ts';
import { describeWithEngine } from './helpers/engine.ts';
import { freePort } from './helpers/free-port.ts';
import { OwnImages } from './postgres/container/own-images.ts';
import { OwnSnapshots } from './postgres/snapshots/own-snapshots.ts';

const logins = [
	{ name: 'chief', password: "it's", superuser: true },
	{ name: 'reader', password: 'r@/' },
];

const userOf = 'SELECT session_user AS user, current_database() AS database';

describe('in a server’s data', () => {
	test('further logins exist before the migrations, on the first server and on those from its snapshot', async () => {
		const own = new OwnSnapshots();
		own.write(2, 'GRANT SELECT ON fruit TO reader');
		for (const turn of ['first', 'from the snapshot']) {
			await using server = await own.start({ logins });
			const [chief, reader] = [server.logins.chief, server.logins.reader];
			if (chief === undefined || reader === undefined) throw new Error(`${turn} lacks a login`);
			expect(await withClient(chief, (sql) => sql`SHOW is_superuser`)).toEqual([{ is_superuser: 'on' }]);
			await withClient(reader, async (sql) => {
				expect(await sql`SELECT * FROM fruit`).toEqual([]);
				await expect(sql`DELETE FROM fruit`).rejects.toMatchObject({ code: '42501' });
			});
		}
	});

	test('further databases have the same roles, and no tables', async () => {
		const own = new OwnSnapshots();
		await using server = await own.start({ databases: ['Reports 1'], logins });
		const at = (login: Login | undefined) => toLogin({ ...(login ?? server.admin), database: 'Reports 1' });
		await withClient(at(server.migrator), (sql) => sql`CREATE TABLE fruit (name text)`);
		await withClient(at(server.app), (sql) => sql`INSERT INTO fruit VALUES ('pear')`);
		const [owner] = await withClient(
			at(server.logins.reader),
			(sql) => sql`SELECT tableowner FROM pg_tables WHERE tablename = 'fruit'`,
		);
		expect(owner).toEqual({ tableowner: 'app_owner' });
		expect(await withClient(server.app, (sql) => sql`SELECT * FROM fruit`)).toEqual([]);
	});

	test('a login with the name of one of the server’s own roles is refused', async () => {
		const own = new OwnSnapshots();
		for (const name of ['app_owner', 'app_migrator', 'app_user', 'postgres'])
			await expect(own.start({ logins: [{ name, password: 'x' }] })).rejects.toMatchObject({
				code: 'invalid-options',
				message: expect.stringContaining(`"${name}"`),
			});
	});
});

/** How clients reach a server: each provider does its own part. */
function testAccess(open: () => OwnSnapshots): void {
	test('it listens on the given port, and a port in use is an error that names it', async () => {
		const own = open();
		const port = await freePort();
		await using server = await own.start({ port });
		expect(await withClient(server.app, (sql) => sql.unsafe(userOf))).toEqual([
			{ user: 'app_user', database: 'app' },
		]);
		expect(server.app.port).toBe(port);
		await expect(own.start({ port })).rejects.toMatchObject({
			code: 'port-in-use',
			message: expect.stringContaining(`port ${port}`),
		});
	});

	test('with ssl, pg, postgres.js and this tool encrypt, and clients can check the certificate', async () => {
		const own = open();
		await using server = await own.start({ ssl: true, logins });
		const encrypted = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
		expect(server.app.url).toMatch(/\?sslmode=require$/);
		expect(server.app.env).toMatchObject({
			PGSSLMODE: 'require',
			PGSSLROOTCERT: expect.stringMatching(/\.crt$/),
		});
		for (const login of [server.app, toLogin({ ...server.admin, host: 'localhost' }), server.logins.chief]) {
			if (login === undefined) throw new Error('no login');
			const client = new pg.Client(login); // `ssl.ca` of the login makes pg check the certificate.
			await client.connect();
			expect((await client.query(encrypted)).rows).toEqual([{ ssl: true }]);
			await client.end();
			const { host, port, database, user, password, ssl } = login;
			for (const options of [{ ssl: 'require' as const }, { ssl: { ...ssl } }]) {
				const sql = postgres({ host, port, database, user, password, ...options });
				expect(await sql.unsafe(encrypted)).toEqual([{ ssl: true }]);
				await sql.end();
			}
			expect(await withClient(login, (sql) => sql.unsafe(encrypted))).toEqual([{ ssl: true }]);
		}
		const stranger = new pg.Client({ ...server.app, ssl: true });
		stranger.on('error', () => {});
		await expect(stranger.connect()).rejects.toThrow(/self-signed|unable to verify|unable to get/i);
	});

	test('with replication, a change can be read from a slot as soon as it is committed', async () => {
		const own = open();
		await using server = await own.start({ replication: true, settings: { max_wal_senders: '3' } });
		const create = "SELECT pg_create_logical_replication_slot('changes', 'test_decoding')";
		await withClient(server.admin, (sql) => sql.unsafe(create));
		await withClient(server.app, (sql) => sql`INSERT INTO fruit VALUES ('pear')`);
		const changes = await withClient(
			server.admin,
			(sql) => sql<{ data: string }[]>`SELECT data FROM pg_logical_slot_get_changes('changes', NULL, NULL)`,
		);
		expect(changes.map(({ data }) => data).join('\n')).toContain("INSERT: name[text]:'pear'");
		const walSender = new pg.Client({ ...server.admin, replication: 'database' } as pg.ClientConfig);
		await walSender.connect();
		expect((await walSender.query('IDENTIFY_SYSTEM')).rows).toEqual([
			expect.objectContaining({ dbname: 'app' }),
		]);
		await walSender.end();
		expect(await withClient(server.app, (sql) => sql`SHOW max_wal_senders`)).toEqual([
			{ max_wal_senders: '3' },
		]);
	});
}

describe('an embedded server', () => testAccess(() => new OwnSnapshots()));
describeWithEngine('a server in a container', () => testAccess(() => new OwnImages()));
