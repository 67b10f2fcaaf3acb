import { join } from 'node:path';
import type { PreparedServer } from 'slipway';
import { type Connection, withClient } from 'slipway';
import { projectRoot, runProcess, startProcess } from 'slipway/test-helpers/child-process';
import {
	makesTable,
	migrationsDirectory,
	type OwnDatabase,
	ownDatabase,
	tablesOf,
} from 'slipway/test-helpers/own-database';
import { describeWithPgBouncer, type PgBouncer, startPgBouncer } from 'slipway/test-helpers/pgbouncer';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ownCheckout } from '../helpers/checkout.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations: join(projectRoot, 'migrations') });
});
afterAll(() => server[Symbol.asyncDispose]());

/** Settings that name the server by its pooler. */
const settingsOf = (
	{ settings, migrator }: Pick<OwnDatabase, 'settings' | 'migrator'>,
	pooler: PgBouncer,
) => {
	const { host, port } = pooler.through(migrator);
	return {
		DB_HOST: host,
		DB_PORT: String(port),
		DATABASE_NAME: settings.name,
		DB_OWNER: settings.owner,
		DB_USERNAME: settings.app.username,
		DB_PASSWORD: settings.app.password,
		DB_MIGRATOR_USERNAME: migrator.username,
		DB_MIGRATOR_PASSWORD: migrator.password,
		DB_ADMIN_USERNAME: server.admin.username,
		DB_ADMIN_PASSWORD: server.admin.password,
	};
};

const past = ({ host, port }: Connection) => ({ DB_MIGRATOR_HOST: host, DB_MIGRATOR_PORT: String(port) });

const script = (name: string, args: readonly string[], env: Record<string, string>) =>
	runProcess(join(projectRoot, 'scripts', name), args, { cwd: projectRoot, env });

/** The advisory locks that are held anywhere on the server. */
const locks = () =>
	withClient(server.admin, (sql) => sql`SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory'`);

const refusal = {
	status: 1,
	stdout: '',
	stderr: expect.stringMatching(/is a connection pooler .*\n {2}.*DB_MIGRATOR_HOST and DB_MIGRATOR_PORT/),
};

describeWithPgBouncer('behind PgBouncer in transaction mode', () => {
	async function poolerFor(database: OwnDatabase): Promise<PgBouncer> {
		const pooler = await startPgBouncer([server.admin, database.migrator, database.app], 'transaction');
		onTestFinished(() => pooler.stop());
		return pooler;
	}

	test('migrations that start at once are refused, and block none that connect directly', async () => {
		const database = await ownDatabase(server);
		const settings = settingsOf(database, await poolerFor(database));
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		const up = ['up', '--directory', directory];
		const refused = await Promise.all([1, 2, 3].map(() => script('migrate', up, settings)));
		expect(refused).toEqual([refusal, refusal, refusal]);
		expect(await tablesOf(database.migrator)).toEqual([]);
		expect(await locks()).toEqual([]);
		const direct = await script('migrate', up, { ...settings, ...past(database.migrator) });
		expect(direct).toMatchObject({ status: 0, stdout: 'applied 1_a\napplied 2_b\n' });
	});

	test('what only reads the migrations works', async () => {
		const database = await ownDatabase(server);
		const settings = settingsOf(database, await poolerFor(database));
		const directory = migrationsDirectory({ '1_a': makesTable('a') });
		for (const command of ['status', 'history']) {
			const args = [command, '--directory', directory];
			expect(await script('migrate', args, settings)).toMatchObject({ stderr: '' });
		}
	});

	test('bootstrap is refused, changes nothing and leaves no lock', async () => {
		const database = await ownDatabase(server);
		const settings = { ...settingsOf(database, await poolerFor(database)), DATABASE_NAME: 'another' };
		expect(await script('bootstrap-db', [], settings)).toMatchObject(refusal);
		expect(await locks()).toEqual([]);
		const direct = await script('bootstrap-db', ['--dry-run'], { ...settings, ...past(server.admin) });
		expect(direct).toMatchObject({ status: 0, stdout: expect.stringContaining('none were made') });
	});
});

describeWithPgBouncer('behind PgBouncer', () => {
	test('migrations that start at once take turns in session mode', async () => {
		const database = await ownDatabase(server);
		await using pooler = await startPgBouncer([database.migrator, database.app], 'session', {
			server_reset_query: '',
		});
		const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
		const up = () => script('migrate', ['up', '--directory', directory], settingsOf(database, pooler));
		const done = await Promise.all([up(), up(), up()]);
		expect(done.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
			done.map(() => ({ status: 0, stderr: expect.not.stringContaining('error') })),
		);
		expect(await tablesOf(database.migrator)).toEqual(['a', 'b']);
		expect(await locks()).toEqual([]);
	});

	test('bootstrap works in session mode', async () => {
		const database = await ownDatabase(server);
		await using pooler = await startPgBouncer([server.admin, database.migrator, database.app], 'session');
		expect(await script('bootstrap-db', [], settingsOf(database, pooler))).toMatchObject({
			status: 0,
			stdout: expect.stringContaining('nothing to do'),
		});
	});

	test('scripts/seed works in transaction mode', async () => {
		const database = { settings: databaseOf(server), migrator: server.migrator };
		await using pooler = await startPgBouncer([server.app], 'transaction');
		expect(await script('seed', [], settingsOf(database, pooler))).toMatchObject({
			status: 0,
			stdout: 'seeded seeds/counter.sql\n',
		});
	});

	test('scripts/dev works in transaction mode, with bootstrap and migrations past the pooler', async () => {
		const database = await ownDatabase(server);
		await using pooler = await startPgBouncer([database.app], 'transaction');
		const dev = startProcess(join(ownCheckout(), 'scripts/dev'), ['--seed'], {
			env: { ...settingsOf(database, pooler), ...past(server.admin), PORT: '0' },
		});
		let output = '';
		dev.child.stdout?.on('data', (text: string) => {
			output += text;
		});
		await dev.printed(/^http:/m);
		const address = /^http:\S+/m.exec(output)?.[0] ?? '';
		expect(await (await fetch(`${address}readyz`)).json()).toEqual({ ready: true });
		expect(await (await fetch(address)).text()).toContain('<h1>Counter: 1</h1>');
		dev.child.kill('SIGTERM');
		expect(await dev.finished).toMatchObject({ status: 0 });
	});
});

function databaseOf({ app, migrator }: PreparedServer): OwnDatabase['settings'] {
	return { name: app.database, owner: 'app_owner', migrator, app };
}
