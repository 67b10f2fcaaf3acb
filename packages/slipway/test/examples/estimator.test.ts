import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stackEnvironment } from '../../bench/stacks/copy.ts';
import { runProcess, startProcess } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { startTestServer } from '../helpers/server.ts';
import { type AppProject, expectSuccess, installApp } from './app-project.ts';

let project: AppProject;
beforeAll(async () => {
	project = await installApp('estimator');
});
afterAll(() => project[Symbol.dispose]());

test('it type-checks, and every run of its tests starts clean', async () => {
	expectSuccess(await project.run('npm', 'run', 'check'));
	for (const _ of ['first', 'second']) expectSuccess(await project.run('npm', 'test'));
});

test('npm run dev inserts the development rows once, and keeps later rows', async () => {
	const seeded = ['Café Zoë', 'sprint-42'];
	const { stderr } = await project.develop(async (address) => {
		expect(await groupNames(await devUrl())).toEqual(seeded);
		expect(await statusOf(address, 'sprint-42')).toBe(200);
		expect(await statusOf(address, 'added', 'POST')).toBe(201);
	});
	expect(stderr).toContain('seeded seeds/development/groups.sql\n');
	await project.develop(async (address) => {
		expect(await groupNames(await devUrl())).toEqual([...seeded, 'added'].toSorted());
		expect(await statusOf(address, 'added')).toBe(200);
	});
});

test('production refuses default passwords, is initialized once, and serves its own rows', async () => {
	await using server = await startTestServer();
	const { host, port, username, password } = server.admin;
	const app = {
		NODE_ENV: 'production',
		DATABASE_URL: `postgres://estimator:its-own@${host}:${port}/estimator?sslmode=disable`,
	};
	const admin = { ...app, DB_ADMIN_USERNAME: username, DB_ADMIN_PASSWORD_FILE: secret('admin', password) };
	const refused = await runIn(admin, 'npx', 'slipway', 'bootstrap');
	expect(refused).toMatchObject({ status: 1, stdout: '' });
	expect(refused.stderr).toContain('DB_MIGRATOR_PASSWORD (not set): is a default password');

	const all = { ...admin, DB_MIGRATOR_PASSWORD_FILE: secret('migrator', 'another') };
	expect(await initialize(all)).toEqual([
		expect.stringContaining('created database "estimator"'),
		expect.stringMatching(/^applied \d+_groups\n$/),
		'seeded seeds/production/groups.sql\n',
	]);
	expect(await initialize(all)).toEqual([
		expect.stringMatching(/^nothing to do: .*\n$/),
		'nothing is pending\n',
		'seeded seeds/production/groups.sql\n',
	]);
	expect(await groupNames(app.DATABASE_URL)).toEqual(['lobby']);

	await serve(app, async (address) => {
		expect(await (await fetch(groupAt(address, 'lobby'))).json()).toEqual({ groupname: 'lobby' });
		expect(await statusOf(address, 'sprint-42')).toBe(404);
		const statuses = await Promise.all(
			Array.from({ length: 20 }, () => statusOf(address, 'planning', 'POST')),
		);
		expect(statuses.toSorted()).toEqual([201, ...Array(19).fill(409)]);
	});
});

/** Runs the commands of the README. Resolves with their output. */
async function initialize(environment: NodeJS.ProcessEnv): Promise<string[]> {
	const readme = readFileSync(join(project.folder, 'README.md'), 'utf8');
	const output: string[] = [];
	for (const [, args = ''] of readme.matchAll(/^npx slipway (.+?) *(?:#.*)?$/gm)) {
		const finished = await runIn(environment, 'npx', 'slipway', ...args.split(' '));
		expectSuccess(finished);
		output.push(finished.stdout + finished.stderr);
	}
	return output;
}

/** Writes the password to a file, and returns its path. */
function secret(name: string, password: string): string {
	const path = join(project.folder, '..', name);
	writeFileSync(path, password);
	return path;
}

/** Runs the service as in production, and stops it as an orchestrator does. */
async function serve(environment: NodeJS.ProcessEnv, use: (address: string) => Promise<void>): Promise<void> {
	const port = String(await freePort());
	const address = `http://127.0.0.1:${port}`;
	const env = { ...stackEnvironment, ...environment, PORT: port };
	const service = startProcess(process.execPath, ['src/main.ts'], { cwd: project.folder, env });
	try {
		await eventually(() => statusOf(address, 'lobby').then(Boolean, () => false));
		await use(address);
	} finally {
		service.child.kill('SIGTERM');
		await service.finished;
	}
	expectSuccess(await service.finished);
}

const runIn = (environment: NodeJS.ProcessEnv, command: string, ...args: string[]) =>
	runProcess(command, args, { cwd: project.folder, env: { ...stackEnvironment, ...environment } });

async function devUrl(): Promise<string> {
	const { stdout } = await project.run('npx', 'slipway', 'url');
	return stdout.trim();
}

const groupAt = (address: string, name: string) => `${address}/rest/v1/group/${name}`;

async function statusOf(address: string, name: string, method = 'GET'): Promise<number> {
	return (await fetch(groupAt(address, name), { method })).status;
}

async function groupNames(url: string): Promise<string[]> {
	const sql = postgres(url);
	try {
		const rows = await sql<{ name: string }[]>`SELECT name FROM estimation_group`;
		return rows.map(({ name }) => name).toSorted();
	} finally {
		await sql.end();
	}
}
