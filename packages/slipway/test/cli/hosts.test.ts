import { afterAll, beforeAll, expect, test } from 'vitest';
import { toLogin, withClient } from '../../src/connection/index.ts';
import { eventually } from '../helpers/eventually.ts';
import { type ReplicatedServer, startReplicated } from '../helpers/standby.ts';
import { makeProject, slipway } from './project.ts';

let servers: ReplicatedServer;
beforeAll(async () => {
	servers = await startReplicated({ migrations: false });
});
afterAll(() => servers[Symbol.asyncDispose]());

/** Settings that name the standby before the primary. */
function settings() {
	const { primary, standby } = servers;
	return {
		DATABASE_URL: `postgres://shop_user:p@127.0.0.1:${standby.admin.port},127.0.0.1:${primary.admin.port}/shop`,
		DB_ADMIN_USERNAME: primary.admin.username,
		DB_ADMIN_PASSWORD: primary.admin.password,
	};
}

const project = () => makeProject({ 'seeds/1.sql': "INSERT INTO note VALUES ('second');" });

test('bootstrap, migrations and seeds work on the primary, and the standby gets what they did', async () => {
	const folder = project();
	for (const args of [['bootstrap'], ['migrate', 'up'], ['seed']])
		expect(await slipway(folder, args, settings())).toMatchObject({ status: 0 });
	expect(await slipway(folder, ['bootstrap'], settings())).toMatchObject({
		stdout: `nothing to do: database "shop" on 127.0.0.1:${servers.primary.admin.port} is ready\n`,
	});
	const login = toLogin({ ...servers.standby.admin, database: 'shop' });
	const rows = () => withClient(login, (sql) => sql`SELECT text FROM note ORDER BY text`);
	await eventually(async () => (await rows()).length === 2);
});

test('url and env print all hosts in the form of libpq, and need none of them', async () => {
	const { DATABASE_URL } = settings();
	const folder = project();
	const printed = `${DATABASE_URL}?sslmode=disable&target_session_attrs=read-write`;
	expect(await slipway(folder, ['url'], settings())).toMatchObject({ stdout: `${printed}\n` });
	const { stdout } = await slipway(folder, ['env', '--json'], settings());
	expect(JSON.parse(stdout)).toMatchObject({
		DATABASE_URL: printed,
		PGHOST: '127.0.0.1,127.0.0.1',
		PGTARGETSESSIONATTRS: 'read-write',
	});
});

test('a command that finds no primary says why for each host, and changes nothing', async () => {
	const { port } = servers.standby.admin;
	const named = { ...settings(), DATABASE_URL: '', DB_HOST: '127.0.0.1,127.0.0.1', DB_PORT: `1,${port}` };
	expect(await slipway(project(), ['bootstrap'], named)).toMatchObject({
		status: 1,
		stdout: '',
		stderr: expect.stringMatching(
			new RegExp(`accepts writes:\n.*nothing listens on 127.0.0.1:1\n.*127.0.0.1:${port} is a standby`),
		),
	});
});
