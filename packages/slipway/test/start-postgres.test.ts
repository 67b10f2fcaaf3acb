import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withClient } from '../src/connection/index.ts';
import type { PreparedServer } from '../src/start-postgres.ts';
import { describeWithEngine } from './helpers/engine.ts';
import { OwnImages } from './postgres/container/own-images.ts';
import { OwnSnapshots } from './postgres/snapshots/own-snapshots.ts';

const wrongSettings: readonly (readonly [Record<string, string>, string])[] = [
	[{ max_connection: '5' }, 'unrecognized configuration parameter "max_connection"'],
	[{ max_connections: 'many' }, 'invalid value for parameter "max_connections": "many"'],
	[{ max_connections: '-1' }, '-1 is outside the valid range for parameter "max_connections"'],
	[{ port: '5432' }, '"port" is set by Slipway'],
	[{ logging_collector: 'on', LOG_DESTINATION: 'csvlog' }, '"logging_collector" is set by Slipway; "LOG_D'],
	[{ 'a b': '1' }, '"a b" is not the name of a setting'],
];

function testWrongSettings(open: () => OwnSnapshots): void {
	test.each(wrongSettings)('%j are refused with a reason', async (settings, message) => {
		const own = open();
		for (const snapshots of [own.snapshots, false] as const)
			await expect(own.start({ settings, snapshots })).rejects.toMatchObject({
				code: 'invalid-server-settings',
				message: expect.stringContaining(message),
			});
	});
}

describe('settings of an embedded server', () => testWrongSettings(() => new OwnSnapshots()));
describeWithEngine('settings of a server in a container', () => testWrongSettings(() => new OwnImages()));

test('an unavailable extension is refused with the list of available ones', async () => {
	await expect(new OwnSnapshots().start({ extensions: ['postgis'] })).rejects.toMatchObject({
		code: 'no-extension',
		message: 'the server has no extension "postgis"',
		hint: expect.stringMatching(
			/ In slipway\.config\.ts: postgres: { provider: 'container', image: 'postgis\/postgis:18-3\.6' }\nThe server has: .* pg_trgm/,
		),
	});
});

test('the migrations and the app can use an extension', async () => {
	const own = new OwnSnapshots();
	own.write(2, 'CREATE INDEX ON fruit USING gin (name gin_trgm_ops)');
	await using server = await own.start({ extensions: ['pg_trgm'] });
	const [row] = await withClient(server.app, (sql) => sql`SELECT similarity('apple', 'apple')::int AS same`);
	expect(row).toEqual({ same: 1 });
});

test('seeds are SQL or files, and run in order as the migrator', async () => {
	const own = new OwnSnapshots();
	const file = join(own.folder, 'seed.sql');
	writeFileSync(file, "INSERT INTO fruit VALUES ('apple'); INSERT INTO fruit VALUES ('pear');");
	await using server = await own.start({
		seed: [file, "UPDATE fruit SET name = 'plum' WHERE name = 'pear'"],
	});
	const names = await withClient(server.app, (sql) => sql`SELECT name FROM fruit ORDER BY 1`.values());
	expect(names.flat()).toEqual(['apple', 'plum']);
});

test('the error of a failing seed has its file, line and column, and no snapshot is kept', async () => {
	const own = new OwnSnapshots();
	const file = join(own.folder, 'seed.sql');
	writeFileSync(file, "INSERT INTO fruit VALUES ('apple');\nINSERT INTO fruits VALUES ('pear');");
	await expect(own.start({ seed: file })).rejects.toMatchObject({
		code: 'seed-failed',
		message: expect.stringMatching(`^${file}:2:13: relation "fruits" does not exist\n`),
	});
	expect(own.files()).toHaveLength(1); // the snapshot without seeds
});

test.each(['COPY fruit FROM stdin;', 'COPY fruit (name) FROM stdin;\npear\n\\.\n', 'COPY fruit TO stdout;'])(
	'a seed with COPY data, %j, is refused with an alternative',
	async (seed) => {
		await expect(new OwnSnapshots().start({ seed })).rejects.toMatchObject({
			code: 'seed-failed',
			message: expect.stringMatching(/:1:1: COPY FROM stdin and TO stdout only work in psql.*INSERT/),
		});
	},
);

test('the error for a missing seed file names it', async () => {
	await expect(new OwnSnapshots().start({ seed: 'nowhere.sql' })).rejects.toMatchObject({
		code: 'no-seed-file',
		message: expect.stringContaining('nowhere.sql'),
	});
});

describe('roles', () => {
	const names = (server: PreparedServer) =>
		withClient(server.admin, (sql) =>
			sql`
			SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1`.values(),
		).then((rows) => rows.flat());

	test('one owns the database, runs the migrations and is the app', async () => {
		const own = new OwnSnapshots();
		for (const _ of ['creates the snapshot', 'starts from it']) {
			await using server = await own.start({ roles: 'one' });
			expect(await names(server)).toEqual(['app_user', 'postgres']);
			expect(server.migrator).toEqual(server.app);
			await withClient(server.app, (sql) =>
				sql.unsafe('TRUNCATE fruit; ALTER TABLE fruit ADD COLUMN note text'),
			);
		}
	});

	test('false leaves the superuser alone on a bare server, from a snapshot with the migrations', async () => {
		const own = new OwnSnapshots();
		for (const _ of ['creates the snapshot', 'starts from it']) {
			await using server = await own.start({ roles: false });
			expect(await names(server)).toEqual(['postgres']);
			expect([server.app, server.migrator]).toEqual([server.admin, server.admin]);
			await withClient(server.app, (sql) => sql.unsafe('CREATE ROLE tenant; TABLE fruit; DROP ROLE tenant'));
		}
	});

	test('false without migrations is a database as PostgreSQL creates it', async () => {
		await using server = await new OwnSnapshots().start({ roles: false, migrations: false });
		const found = await withClient(
			server.app,
			(sql) => sql`
			SELECT current_database() AS name, datacl, array(
				SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1) AS schemas
			FROM pg_database WHERE datname = current_database()`,
		);
		expect([...found]).toEqual([{ name: 'app', datacl: null, schemas: ['information_schema', 'public'] }]);
	});
});
