import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PreparedServer, readPasswords, withClient } from 'slipway';
import { projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../src/database/database.ts';
import { login, migrations, startService } from './helpers/service-process.ts';
import { visit } from './helpers/visitors.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

const rotateApp = (environment: NodeJS.ProcessEnv) =>
	runProcess(process.execPath, [join(projectRoot, 'scripts/bootstrap-db.ts'), '--rotate', 'app'], {
		env: {
			...environment,
			DB_ADMIN_USERNAME: server.admin.username,
			DB_ADMIN_PASSWORD: server.admin.password,
		},
	});

test('while the password is rotated, neither a visit nor a login of the service fails', async () => {
	const file = join(temporaryDirectory(), 'password');
	writeFileSync(file, server.app.password);
	const environment = { ...login(server.app), DB_PASSWORD: undefined, DB_PASSWORD_FILE: file };
	await using service = await startService(server.app, { DB_PASSWORD: undefined, DB_PASSWORD_FILE: file });
	let wanted = true;
	const { visits, done } = visit(service.address, 8, () => wanted);
	let logins = 0;
	const sources = { environment, envFile: '/nonexistent' };
	const connection = { ...server.app, readPasswords: () => readPasswords(sources, 'app') };
	const newcomers = Array.from({ length: 4 }, async () => {
		for (; wanted; logins += 1) {
			await using database = openDatabase(connection, { maxConnections: 2, deadline: 30_000 });
			await Promise.all([1, 2].map(() => database.run((sql) => sql`SELECT 1`)));
		}
	});

	for (let rotation = 0; rotation < 3; rotation += 1) {
		const [before, password] = [logins, readFileSync(file, 'utf8')];
		const { status, stdout, stderr } = await rotateApp(environment);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(readFileSync(file, 'utf8')).not.toBe(password);
		expect(stdout).not.toContain(readFileSync(file, 'utf8').trim());
		await eventually(() => logins > before + 8);
	}
	wanted = false;
	await Promise.all(newcomers);
	await done;
	expect(visits).toMatchObject({ refusals: [], unanswered: 0 });
	expect(visits.numbers.length).toBeGreaterThan(100);

	// The first page logs in once more, to listen.
	const page = new AbortController();
	await fetch(new URL('/api/counter/events', service.address), { signal: page.signal });
	await withClient(server.admin, (sql) =>
		eventually(
			async () => (await sql`SELECT FROM pg_stat_activity WHERE query = 'LISTEN counter'`).length > 0,
		),
	);
	page.abort();
});

test('a login is tried with each password that is in the files, and an old one fails as before', async () => {
	await withClient(server.admin, async (sql) => {
		await sql`CREATE ROLE visitor LOGIN PASSWORD 'right'`;
		await sql.unsafe(`GRANT CONNECT ON DATABASE ${server.app.database} TO visitor`);
	});
	const { host, port } = server.app;
	const several = {
		choice: {
			hosts: [
				{ host, port: 1 },
				{ host, port },
			],
			target: 'read-write',
		},
	} as const;
	const runWith = async (readPasswords: () => readonly string[], among = {}) => {
		const connection = { ...server.app, username: 'visitor', password: 'right', readPasswords, ...among };
		await using database = openDatabase(connection, { maxConnections: 1 });
		return await database.run((sql) => sql`SELECT 1 AS one`);
	};
	expect(await runWith(() => ['before', 'right'])).toEqual([{ one: 1 }]);
	expect(await runWith(() => ['before', 'right'], several)).toEqual([{ one: 1 }]);
	expect(await runWith(() => ['right', 'next'])).toEqual([{ one: 1 }]);
	expect(await runWith(() => [])).toEqual([{ one: 1 }]);
	await expect(runWith(() => ['before', 'next'])).rejects.toMatchObject({ code: 'wrong-password' });
});
