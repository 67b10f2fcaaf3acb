import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { makeProject, slipway, startSlipway } from './project.ts';

/** A project whose dev server is stopped with the test. */
function devProject(files?: Readonly<Record<string, string>>): string {
	const project = makeProject(files);
	onTestFinished(async () => void (await slipway(project, ['down'])));
	return project;
}

async function loginOf(project: string, as = 'app') {
	const { stdout } = await slipway(project, ['env', '--json', '--as', as]);
	const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = JSON.parse(stdout);
	return {
		host: PGHOST,
		port: Number(PGPORT),
		username: PGUSER,
		password: PGPASSWORD,
		database: PGDATABASE,
		sslMode: 'disable' as const,
	};
}

const read = (login: Awaited<ReturnType<typeof loginOf>>) =>
	withClient(login, (sql) => sql`SELECT text FROM note`.then((rows) => rows.map(({ text }) => text)));

describe('the dev server in the background', () => {
	test('is started once, found by the other commands, and stopped with its data kept', async () => {
		const project = devProject();
		const first = await slipway(project, ['up']);
		expect(first).toMatchObject({ status: 0, stdout: '' });
		expect(first.stderr).toMatch(/applied 1_note\nPostgreSQL \(embedded\) is running on 127\.0\.0\.1:\d+/);
		const login = await loginOf(project);
		expect(await read(login)).toEqual(['first']);
		expect((await slipway(project, ['url'])).stdout).toBe(
			`postgres://app_user:app_password@127.0.0.1:${login.port}/app?sslmode=disable\n`,
		);
		expect((await slipway(project, ['migrate', 'status'])).stdout).toContain('1_note');
		expect((await slipway(project, ['down'])).stderr).toMatch(
			/^stopped PostgreSQL \(embedded\); its data is kept/,
		);
		await expect(read(login)).rejects.toMatchObject({ code: 'server-refuses' });
		await slipway(project, ['up']);
		expect(await read(await loginOf(project))).toEqual(['first']);
	});

	test('has one role for everything where the configuration says so, and refuses to have none', async () => {
		const config = (roles: string) => ({ 'slipway.config.js': `export default { roles: ${roles} }` });
		const project = devProject(config("'one'"));
		expect((await slipway(project, ['up'])).stderr).toContain('applied 1_note');
		const [app, migrator] = [await loginOf(project), await loginOf(project, 'migrator')];
		expect(app).toEqual(migrator);
		await withClient(app, (sql) => sql.unsafe('TRUNCATE note; ALTER TABLE note ADD COLUMN at date'));
		expect((await slipway(project, ['migrate', 'status'])).stdout).toContain('1_note');
		expect((await slipway(makeProject(config('false')), ['up'])).stderr).toContain('roles: false');
	});

	test('gets new migrations from the next "up"', async () => {
		const project = devProject();
		await slipway(project, ['up']);
		const migration = "-- Up Migration\nINSERT INTO note VALUES ('second');\n";
		writeFileSync(join(project, 'migrations/2_more.sql'), migration);
		expect((await slipway(project, ['up'])).stderr).toMatch(/applied 2_more\n.*was running already/);
		expect(await read(await loginOf(project))).toEqual(['first', 'second']);
	});

	test('is one, however many start it at once', async () => {
		const project = devProject();
		const starts = await Promise.all([1, 2, 3].map(() => slipway(project, ['up'])));
		expect(starts.map(({ status }) => status)).toEqual([0, 0, 0]);
		const { stdout } = await slipway(project, ['ps', '--json']);
		expect(JSON.parse(stdout)).toHaveLength(1);
	});

	test('reports what keeps it from starting, and leaves nothing running', async () => {
		const project = devProject({ 'migrations/1_note.sql': '-- Up Migration\nCREATE TABLE 1;\n' });
		expect(await slipway(project, ['up'])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^(database .*\n)?error: .*1_note\.sql:2:14: syntax error/s),
		});
		expect((await slipway(project, ['ps'])).stderr).toBe('no dev server is running\n');
	});

	test('is listed in the project, and over all checkouts of the user', async () => {
		const [one, other] = [devProject(), devProject()];
		const env = { XDG_STATE_HOME: temporaryDirectory() };
		await slipway(one, ['up'], env);
		await slipway(other, ['up'], env);
		const list = async (...args: string[]) =>
			JSON.parse((await slipway(one, ['ps', '--json', ...args], env)).stdout).map(
				({ project }: { project: string }) => project,
			);
		expect(await list()).toEqual([one]);
		expect((await list('--all')).toSorted()).toEqual([one, other].toSorted());
		expect((await slipway(one, ['ps', '--all'], env)).stdout).toMatch(
			/^project +postgres +address .*\n.*embedded/,
		);
	});

	test('serves a role of one’s choice', async () => {
		const project = devProject();
		await slipway(project, ['up']);
		const roleOf = async (as: string) =>
			await withClient(
				await loginOf(project, as),
				async (sql) => (await sql`SELECT current_user AS role`)[0]?.role,
			);
		expect(await Promise.all(['app', 'migrator', 'admin'].map(roleOf))).toEqual([
			'app_user',
			'app_owner',
			'postgres',
		]);
	});

	test('is not there: the commands that need it say how to start it', async () => {
		const project = makeProject();
		expect(await slipway(project, ['down'])).toMatchObject({
			status: 0,
			stderr: 'no dev server is running\n',
		});
		for (const command of ['url', 'env', 'psql'])
			expect(await slipway(project, [command])).toMatchObject({
				status: 1,
				stdout: '',
				stderr: expect.stringMatching(
					/^error: no dev server is running for .*\n {2}Start it .*npx slipway up/,
				),
			});
	});

	test('of "dev" is left to the terminal that it runs in', async () => {
		const project = devProject();
		const dev = startSlipway(project, [
			'dev',
			'--',
			process.execPath,
			'-e',
			'console.log("up"); setInterval(() => {}, 1000)',
		]);
		onTestFinished(async () => {
			dev.child.kill('SIGTERM');
			await dev.finished;
		});
		await dev.printed('up\n');
		expect(await slipway(project, ['down'])).toMatchObject({
			status: 1,
			stderr: expect.stringContaining(`the server belongs to npx slipway dev (process ${dev.pid})`),
		});
		expect(await read(await loginOf(project))).toEqual(['first']);
	});

	test('is used by "dev", which leaves it running', async () => {
		const project = devProject();
		await slipway(project, ['up']);
		const { PGPORT } = JSON.parse((await slipway(project, ['env', '--json'])).stdout);
		const dev = startSlipway(project, [
			'dev',
			'--',
			process.execPath,
			'-e',
			'console.log("on " + process.env.PGPORT); setInterval(() => {}, 1000)',
		]);
		await dev.printed(`on ${PGPORT}\n`);
		dev.child.kill('SIGTERM');
		await dev.finished;
		expect(await read(await loginOf(project))).toEqual(['first']);
	});
});

describe('slipway psql', () => {
	test("runs the machine's psql with the login in its environment, and arguments as they are", async () => {
		const project = devProject();
		await slipway(project, ['up']);
		const bin = temporaryDirectory();
		writeFileSync(join(bin, 'psql'), '#!/bin/sh\necho "$PGUSER $PGDATABASE [$*]"\n');
		chmodSync(join(bin, 'psql'), 0o755);
		const env = { PATH: `${bin}:${process.env.PATH}` };
		expect((await slipway(project, ['psql', '--', '-c', 'SELECT 1'], env)).stdout).toBe(
			'app_user app [-c SELECT 1]\n',
		);
	});

	test('says where the database is when there is no psql', async () => {
		const project = devProject();
		await slipway(project, ['up']);
		const empty = temporaryDirectory();
		mkdirSync(join(empty, 'bin'));
		const { status, stderr } = await slipway(project, ['psql'], { PATH: join(empty, 'bin') });
		expect(status).toBe(1);
		expect(stderr).toMatch(/^error: psql is not installed on this machine\n/);
		expect(stderr).toMatch(/app_user@127\.0\.0\.1:\d+\/app; npx slipway url prints its URL/);
		expect(stderr).not.toContain('app_password');
	});
});

test('the log of the server in the background has no password in it', async () => {
	const project = devProject();
	await slipway(project, ['up']);
	await slipway(project, ['down']);
	expect(readFileSync(join(project, '.slipway/up.log'), 'utf8')).not.toMatch(/password/i);
});
