import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CommandMigrations } from '../../src/config/index.ts';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { makeProject } from '../config/project.ts';

/** A tool of a few lines: it runs the statements in `schema.sql`, and notes each run in `runs.log`. */
const tool = `
	import { appendFileSync, readFileSync } from 'node:fs';
	import postgres from 'postgres';
	appendFileSync('runs.log', process.env.PGUSER + '\\n');
	const sql = postgres(process.env.DATABASE_URL, { onnotice: () => {} });
	try {
		await sql.unsafe(readFileSync('schema.sql', 'utf8'));
	} catch (error) {
		console.log(process.env.DATABASE_URL);
		console.error(error.message);
		process.exitCode = 1;
	}
	await sql.end();`;

function toolProject(schema = 'CREATE TABLE guest (name text); INSERT INTO guest VALUES (current_user)') {
	const folder = makeProject({
		'package.json': '{ "type": "module" }',
		'tool.js': tool,
		'schema.sql': schema,
	});
	const log = join(folder, 'runs.log');
	return {
		folder,
		write: (text: string) => writeFileSync(join(folder, 'schema.sql'), text),
		runs: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
		start: (migrations: Partial<CommandMigrations> = {}, options: StartPostgresOptions = {}) =>
			startPostgres({
				snapshots: join(folder, 'snapshots'),
				migrations: {
					command: `${process.execPath} tool.js`,
					inputs: ['schema.sql', 'tool.js'],
					cwd: folder,
					...migrations,
				},
				...options,
			}),
	};
}

const query = (login: Connection, text: string) => withClient(login, (sql) => sql.unsafe(text));

test('the command runs as the migrator, once for each state of its inputs', async () => {
	const { write, runs, start } = toolProject();
	for (const _ of [1, 2]) {
		await using server = await start();
		expect(await query(server.app, 'SELECT name FROM guest')).toEqual([{ name: 'app_owner' }]);
	}
	expect(runs()).toEqual(['app_migrator']);
	write('CREATE TABLE other ()');
	await using server = await start();
	expect(await query(server.app, 'SELECT FROM other')).toEqual([]);
	expect(runs()).toHaveLength(2);
});

test.each([
	['migrator', 'one', 'app_user'],
	['migrator', false, 'postgres'],
	['admin', false, 'postgres'],
] as const)('as the %s with roles: %j it runs as %s', async (as, roles, role) => {
	const { runs, start } = toolProject();
	await using server = await start({ as }, { roles });
	expect(await query(server.app, 'SELECT name FROM guest')).toEqual([{ name: role }]);
	expect(runs()).toEqual([role]);
});

test('a change of the lock file runs it again, and a change of any other file does not', async () => {
	const { folder, runs, start } = toolProject();
	for (const [name, count] of [
		['notes.md', 1],
		['package-lock.json', 2],
	] as const) {
		await (await start()).stop();
		writeFileSync(join(folder, name), '{}');
		await (await start()).stop();
		expect(runs()).toHaveLength(count);
	}
});

test('a new file in an input folder runs it again', async () => {
	const { folder, runs, start } = toolProject();
	const inputs = ['sql', 'schema.*'];
	await expect(start({ inputs })).rejects.toMatchObject({
		code: 'no-migration-inputs',
		message: `the input "sql" of the migrations matches no file in ${folder}`,
	});
	expect(runs()).toEqual([]);
	const project = makeProject({ 'sql/a/1.sql': '' });
	const options = { command: `cd ${folder} && ${process.execPath} tool.js`, inputs: ['sql'], cwd: project };
	await (await start(options)).stop();
	writeFileSync(join(project, 'sql/a/2.sql'), '');
	await (await start(options)).stop();
	expect(runs()).toHaveLength(2);
});

test('seeds run after it, and do not run it again', async () => {
	const { runs, start } = toolProject();
	await using server = await start({}, { seed: "INSERT INTO guest VALUES ('seeded')" });
	expect(await query(server.app, 'SELECT name FROM guest ORDER BY name')).toHaveLength(2);
	expect(runs()).toHaveLength(1);
});

test('as the admin, what it creates belongs to the owner, and no role is left', async () => {
	const { start } = toolProject(`
		CREATE TABLE guest (name text);
		CREATE SCHEMA extra;
		CREATE VIEW extra.names AS SELECT name FROM guest;
		INSERT INTO guest SELECT rolname FROM pg_roles WHERE rolname = current_user AND rolsuper`);
	await using server = await start({ as: 'admin' });
	expect(await query(server.app, 'SELECT count(*)::int FROM extra.names')).toEqual([{ count: 1 }]);
	await query(server.migrator, 'ALTER TABLE guest ADD COLUMN age int');
	expect(await query(server.admin, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'slipway%'")).toEqual([]);
});

test('a failure shows what the command printed, without the password', async () => {
	const { folder, start } = toolProject('CREATE TABLE guest (); SELECT 1 / 0');
	const error = await start().catch((error: unknown) => error);
	expect(error).toMatchObject({
		code: 'migration-command-failed',
		message: expect.stringMatching(
			/^the migration command ".* tool\.js" failed with exit code 1:\npostgres:\/\/app_migrator:\*\*\*@.*\n(.*\n)*division by zero$/,
		),
		hint: expect.stringMatching(
			/^Try it on a temporary server: npx slipway run --as migrator --no-migrations -- /,
		),
	});
	rmSync(join(folder, 'tool.js'));
	writeFileSync(join(folder, 'tool.js'), '');
	await expect(start()).rejects.toMatchObject({
		code: 'migration-command-without-effect',
		message: expect.stringMatching(/ succeeded, but the database is still empty$/),
	});
});

test('a command that does not exist is reported with where it was looked for', async () => {
	const { folder, start } = toolProject();
	await expect(start({ command: 'no-such-tool up' })).rejects.toMatchObject({
		code: 'migration-command-failed',
		message: expect.stringContaining('failed with exit code 127'),
		hint: expect.stringContaining(`node_modules/.bin of ${folder}`),
	});
});
