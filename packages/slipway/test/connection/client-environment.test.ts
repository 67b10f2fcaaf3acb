import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from '../../../../test/helpers/service-process.ts';
import { withClient } from '../../src/connection/index.ts';
import { appVariables } from '../../src/settings/index.ts';
import type { PreparedServer } from '../../src/start-postgres.ts';
import { projectRoot, runProcess, startModule } from '../helpers/child-process.ts';
import { startTestDatabase } from '../helpers/server.ts';

/**
 * Every variable that libpq, pg or postgres.js reads, each with a value that would break the connection or change the
 * session. They are set for child processes only: other tests share the environment of this one.
 */
const hostile = {
	PGHOST: 'nowhere.invalid',
	PGHOSTADDR: '192.0.2.1',
	PGPORT: '1',
	PGDATABASE: 'nothing',
	PGUSER: 'nobody',
	PGUSERNAME: 'nobody',
	PGPASSWORD: 'wrong',
	PGPASSFILE: '/nonexistent',
	PGREQUIREAUTH: 'none',
	PGCHANNELBINDING: 'require',
	PGSERVICE: 'nothing',
	PGSERVICEFILE: '/nonexistent',
	PGOPTIONS: '-c search_path=elsewhere,public -c default_transaction_read_only=on',
	PGAPPNAME: 'stranger',
	PGSSLMODE: 'verify-full',
	PGSSLNEGOTIATION: 'direct',
	PGSSLROOTCERT: '/nonexistent',
	PGSSL: 'verify-full',
	PGREQUIRESSL: '1',
	PGCONNECT_TIMEOUT: '1',
	PGCLIENTENCODING: 'LATIN1',
	PGCLIENT_ENCODING: 'LATIN1',
	PGREPLICATION: 'database',
	PGBINARY: 'true',
	PGTARGETSESSIONATTRS: 'standby',
	PGTARGET_SESSION_ATTRS: 'standby',
	PGDATESTYLE: 'German',
	PGTZ: 'Asia/Tokyo',
	PGMAX: '0',
	PGIDLE_TIMEOUT: '1',
	PGMAX_LIFETIME: '1',
	PGMAX_PIPELINE: '0',
	PGBACKOFF: '20',
	PGKEEP_ALIVE: '0',
	PGPREPARE: 'false',
	PGDEBUG: 'true',
	PGFETCH_TYPES: 'true',
	PGPUBLICATIONS: 'none',
	PGLOADBALANCEHOSTS: 'random',
	PGDATA: '/nonexistent',
	NODE_PG_FORCE_NATIVE: 'true',
};

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase();
	await withClient(server.migrator, (sql) => sql`CREATE SCHEMA elsewhere`);
});
afterAll(() => server[Symbol.asyncDispose]());

test("libpq's variables in the caller's shell change neither migrations nor the service", async () => {
	const { app, migrator } = server;
	const { status, stdout, stderr } = await runProcess(join(projectRoot, 'scripts/migrate'), ['up'], {
		cwd: projectRoot,
		env: {
			...appVariables(app),
			DB_MIGRATOR_USERNAME: migrator.username,
			DB_MIGRATOR_PASSWORD: migrator.password,
			...hostile,
		},
	});
	expect(status, stdout + stderr).toBe(0);
	const schemas = await withClient(migrator, (sql) =>
		sql`SELECT DISTINCT schemaname FROM pg_tables WHERE tablename = 'counter'`.values(),
	);
	expect(schemas).toEqual([['public']]);
	await using service = await startService(app, hostile);
	expect((await fetch(new URL('/readyz', service.address))).status).toBe(200);
	expect((await fetch(service.address)).status).toBe(200);
});

test('clients of the library ignore them, and the variables are still set afterwards', async () => {
	const { finished } = startModule(
		`import { withClient } from './src/index.ts';
		import { createPgPool } from './src/pg.ts';
		const before = JSON.stringify(process.env);
		const login = ${JSON.stringify(server.app)};
		const select = "SELECT current_user, current_setting('search_path') AS path, current_setting('TimeZone') AS zone, " +
			"current_setting('application_name') AS name, current_setting('client_encoding') AS encoding";
		const ours = await withClient(login, (sql) => sql.unsafe(select));
		const pool = createPgPool(login, 'slipway');
		const { rows } = await pool.query(select);
		await pool.end();
		console.log(JSON.stringify([ours[0], rows[0], before === JSON.stringify(process.env)]));`,
		[],
		{ env: hostile },
	);
	const { status, stdout, stderr } = await finished;
	expect(status, stderr).toBe(0);
	const session = {
		current_user: server.app.username,
		path: expect.not.stringContaining('elsewhere'),
		zone: expect.not.stringContaining('Tokyo'),
		name: 'slipway',
		encoding: 'UTF8',
	};
	expect(JSON.parse(stdout)).toEqual([session, session, true]);
});
