import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { folderWith } from '../helpers/project-files.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { main, makeProject, printQuery, slipway, startSlipway } from './project.ts';

const node = (program: string) => ['--', process.execPath, '-e', program];

describe('slipway run', () => {
	test('gives a command a migrated database, which it uses as the app', async () => {
		const { status, stdout, stderr } = await slipway(makeProject(), [
			'run',
			...node(printQuery('SELECT text, current_user AS role FROM note')),
		]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(JSON.parse(stdout)).toEqual([{ text: 'first', role: 'app_user' }]);
	});

	test.each([
		['migrator', { role: 'app_owner', login: 'app_migrator' }],
		['admin', { role: 'postgres', login: 'postgres' }],
	])('logs in as the %s when asked to', async (as, expected) => {
		const query = 'SELECT current_user AS role, session_user AS login FROM note';
		const { stdout, stderr } = await slipway(makeProject(), ['run', '--as', as, ...node(printQuery(query))]);
		expect(stdout, stderr).toBe(`${JSON.stringify([expected])}\n`);
	});

	test('lets Slipway itself work as the migrator on that server, whatever .env says', async () => {
		const project = makeProject({
			'slipway.config.js': "export default { roles: { app: 'clerk', migrator: 'builder' } }",
			'.env': 'DB_PASSWORD=one\nDB_MIGRATOR_PASSWORD=another\nDB_MIGRATOR_HOST=elsewhere.invalid\n',
		});
		const migrate = ['--', process.execPath, main, 'migrate', 'down', '--all', '--yes'];
		const { stdout, stderr } = await slipway(project, ['run', '--as', 'migrator', ...migrate]);
		expect(stdout, stderr).toBe('reverted 1_note\n');
	});

	test('logs in as one of the further logins of the configuration, and refuses a name that there is not', async () => {
		const logins = [{ name: 'chief', password: 'x', superuser: true }];
		const project = makeProject({
			'slipway.config.mjs': `export default { postgres: { logins: ${JSON.stringify(logins)} } };`,
		});
		const query = node(printQuery('SELECT session_user AS login FROM note'));
		const { stdout, stderr } = await slipway(project, ['run', '--as', 'chief', ...query]);
		expect(stdout, stderr).toBe('[{"login":"chief"}]\n');
		expect((await slipway(project, ['run', '--as', 'boss', ...query])).stderr).toBe(
			'error: the server has no login "boss"\n' +
				'  Pass --as with one of app, migrator, admin, chief, or add it to postgres.logins in slipway.config.\n',
		);
	});

	test('--ssl and --replication are for the server, and pg trusts its certificate without options', async () => {
		const show =
			"SELECT ssl, current_setting('wal_level') AS wal FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
		const program = `
			const { Client } = require(${JSON.stringify(join(projectRoot, 'node_modules/pg'))});
			const client = new Client(process.env.DATABASE_URL);
			client.connect()
				.then(() => client.query(${JSON.stringify(show)}))
				.then(({ rows }) => { console.log(JSON.stringify(rows)); return client.end(); });`;
		const { stdout, stderr } = await slipway(makeProject(), [
			'run',
			'--ssl',
			'--replication',
			...node(program),
		]);
		expect(stdout, stderr).toBe('[{"ssl":true,"wal":"logical"}]\n');
	});

	test("sets libpq's variables too, and hides those of the caller", async () => {
		const print = 'console.log(JSON.stringify(process.env))';
		const hostile = {
			PGOPTIONS: '-c search_path=none',
			PGSERVICE: 'other',
			DB_ADMIN_PASSWORD: 'admin-secret',
		};
		const { stdout } = await slipway(makeProject(), ['run', ...node(print)], hostile);
		const environment = JSON.parse(stdout);
		const url = new URL(environment.DATABASE_URL);
		expect(environment).toMatchObject({
			PGHOST: url.hostname,
			PGPORT: url.port,
			PGUSER: 'app_user',
			PGPASSWORD: url.password,
			PGDATABASE: 'app',
		});
		expect(Object.keys(hostile).filter((name) => environment[name])).toEqual([]);
	});

	test('finds programs of packages, and passes arguments on as they are', async () => {
		const project = makeProject({ 'node_modules/.bin/show': '#!/bin/sh\nprintf "[%s]" "$@"\n' });
		chmodSync(join(project, 'node_modules/.bin/show'), 0o755);
		const { stdout } = await slipway(project, ['run', '--', 'show', '--help', 'a b', '$HOME', '--cwd', '/']);
		expect(stdout).toBe('[--help][a b][$HOME][--cwd][/]');
	});

	test('refuses migrations of another tool that nothing names, with the line to write', async () => {
		const project = folderWith({
			'package.json': '{}',
			'drizzle.config.ts': "export default { dialect: 'postgresql' };",
			'drizzle/0000_a.sql': 'CREATE TABLE note (text text);',
		});
		const { status, stderr } = await slipway(project, ['run', ...node('')]);
		expect({ status, stderr }).toEqual({
			status: 1,
			stderr: expect.stringMatching(
				/has migrations \(Drizzle\).*\n +Write into slipway.config.ts: migrations: \{ sql: 'drizzle\/\*\.sql' \}\n/,
			),
		});
	});

	test('exits as the command does', async () => {
		expect((await slipway(makeProject(), ['run', '--', 'sh', '-c', 'exit 7'])).status).toBe(7);
		expect((await slipway(makeProject(), ['run', '--', 'sh', '-c', 'kill -9 $$'])).status).toBe(137);
	});

	test('shows which right the app lacked, if the command failed', async () => {
		const run = (exitCode: number) =>
			slipway(makeProject(), [
				'run',
				...node(
					`${printQuery('TRUNCATE note')}; process.on('uncaughtException', () => process.exit(${exitCode}))`,
				),
			]);
		expect((await run(1)).stderr).toBe(
			'\nThe server refused a statement of app_user: permission denied for table note\n  TRUNCATE note\n' +
				'Hint: app_user lacks TRUNCATE. To allow it, write this line into a migration:\n' +
				'  GRANT TRUNCATE ON "note" TO app_user;\n' +
				"For tests alone, log in as the migrator: login: 'migrator', connect({ as: 'migrator' }) or run --as migrator.\n",
		);
		expect((await run(0)).stderr).toBe('');
	});

	test.each([
		['one', { role: 'app_user', owner: 'app_user' }],
		[false, { role: 'postgres', owner: 'postgres' }],
	])('uses the roles of the configuration: %j', async (roles, expected) => {
		const query = "SELECT current_user AS role, tableowner AS owner FROM pg_tables WHERE tablename = 'note'";
		const project = makeProject({
			'slipway.config.js': `export default { roles: ${JSON.stringify(roles)} }`,
		});
		const { stdout, stderr } = await slipway(project, ['run', ...node(printQuery(query))]);
		expect(stdout, stderr).toBe(`${JSON.stringify([expected])}\n`);
	});

	test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
		'passes %s on, and waits for the command',
		async (signal) => {
			const program = `
			process.on('${signal}', () => { console.log('ending'); setTimeout(() => process.exit(3), 100); });
			setInterval(() => {}, 1000);
			console.log('ready');`;
			const run = startSlipway(makeProject(), ['run', ...node(program)]);
			await run.printed('ready');
			run.child.kill(signal);
			expect(await run.finished).toMatchObject({ status: 3, stdout: 'ready\nending\n' });
		},
	);

	test('leaves no server behind when it ends', async () => {
		const env = { TMPDIR: temporaryDirectory() };
		const { stdout } = await slipway(makeProject(), ['run', ...node('console.log(process.env.PGPORT)')], env);
		expect(await takesConnections(Number(stdout))).toBe(false);
		expect(serversIn(env.TMPDIR)).toEqual([]);
	});

	test('leaves no server behind when it is killed', async () => {
		const env = { TMPDIR: temporaryDirectory() };
		const program = "console.log(process.env.PGPORT + ' ' + process.pid + '.'); setInterval(() => {}, 1000);";
		const run = startSlipway(makeProject(), ['run', ...node(program)], env);
		await run.printed(/\d+ \d+\./);
		run.child.kill('SIGKILL');
		await once(run.child, 'exit');
		const [port, pid] = run.output().match(/\d+/g)?.map(Number) ?? [];
		onTestFinished(() => void process.kill(pid ?? 0, 'SIGKILL'));
		await eventually(async () => !(await takesConnections(port ?? 0)));
		await eventually(() => serversIn(env.TMPDIR).length === 0);
	});

	test('says what is wrong with a command, in one error', async () => {
		const project = makeProject({ 'plain.txt': '' });
		expect(await slipway(project, ['run'])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("missing required argument 'command'"),
		});
		expect(await slipway(project, ['run', '--', 'no-such-program'])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(
				/^error: the command "no-such-program" was not found\n {2}Check the name\./,
			),
		});
		expect(await slipway(project, ['run', '--', './plain.txt'])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^error: "\.\/plain\.txt" cannot be executed/),
		});
	});

	test('works in a project without migrations, and in a path with spaces', async () => {
		const project = makeProject({}, 'my project');
		const { stdout, stderr } = await slipway(project, [
			'run',
			...node(printQuery('SELECT count(*) FROM note')),
		]);
		expect(stdout, stderr).toBe('[{"count":"1"}]\n');
		const empty = makeProject({ 'package.json': '{ "slipway": { "migrations": false } }' });
		expect(
			await slipway(empty, ['run', ...node(printQuery("SELECT to_regclass('note') AS note"))]),
		).toMatchObject({
			stdout: '[{"note":null}]\n',
		});
	});
});

const serversIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('slipway-server'));

async function takesConnections(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
}
