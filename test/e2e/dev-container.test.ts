import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from 'slipway';
import type { Finished } from 'slipway/test-helpers/child-process';
import { describeWithEngineHere } from 'slipway/test-helpers/engine-here';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DevContainer, developer } from './dev-container.ts';
import { removeOwned } from './engine.ts';

const minutes = 60_000;

describeWithEngineHere('the dev container', () => {
	let container: DevContainer;
	/** The state at the end of a prebuild. */
	let prebuilt: { readonly packages: Finished; readonly database: Finished };

	beforeAll(async () => {
		container = new DevContainer();
		await container.up('--prebuild');
		prebuilt = {
			packages: await container.start('touch', 'node_modules/vitest/of-the-prebuild').finished,
			database: await container.start('scripts/migrate', 'status').finished,
		};
		await container.up();
	}, 15 * minutes);
	afterAll(async () => {
		await removeOwned();
		container?.[Symbol.dispose]();
	});

	test('gets its packages from the prebuild, and its database from the start after it', async () => {
		expect(prebuilt.packages.status).toBe(0);
		expect(prebuilt.database.stderr).toMatch(/scripts\/bootstrap-db/);
		await container.ask('ls', 'node_modules/vitest/of-the-prebuild');
		expect(await container.ask('scripts/migrate', 'status')).toMatch(/^applied .*create-counter$/m);
	});

	test('is used as the owner of the checkout, with its own packages, and changes no file of the checkout', async () => {
		const { uid, gid } = developer;
		expect(await container.ask('stat', '-c', '%U %u:%g', '.', 'node_modules', 'node_modules/vitest')).toBe(
			Array(3).fill(`node ${uid}:${gid}`).join('\n'),
		);
		expect(await container.ask('git', 'status', '--porcelain')).toBe('');
		expect(statSync(join(container.folder, 'node_modules'))).toMatchObject({ uid, gid, nlink: 2 });
	});

	test('bootstraps and migrates on the stack’s server, where psql logs in as the app', async () => {
		expect(await container.ask('scripts/bootstrap-db')).toBe(
			'nothing to do: database "app" on db:5432 is ready',
		);
		expect((await container.start('scripts/migrate', 'up').finished).stderr).toMatch('nothing is pending');
		expect(await container.ask('psql', '-Atc', 'SELECT current_user, inet_server_port()')).toBe(
			'app_user|5432',
		);
	});

	test('runs tests on embedded servers in memory, and leaves nothing behind', async () => {
		const { status, stdout, stderr } = await container.start('scripts/test', 'test/connection/login')
			.finished;
		expect(status, stdout + stderr).toBe(0);
		expect(stderr).toMatch(/^PostgreSQL for the tests: embedded, because no container engine answers/m);
		expect(await container.ask('ls', '/dev/shm')).toBe('');
	});

	test('serves the counter and the database on forwarded ports with labels', async () => {
		const { forwardPorts, portsAttributes } = await container.configuration();
		expect(forwardPorts).toEqual([3000, 'db:5432']);
		expect(forwardPorts.map((port) => portsAttributes[port]?.label)).toEqual(['Service', 'PostgreSQL']);
		const dev = container.start('scripts/dev');
		await dev.printed(/^http:\/\/127\.0\.0\.1:3000\/$/m);
		using service = await container.forward(3000);
		using database = await container.forward('db:5432');

		const page = await (await fetch(`http://127.0.0.1:${service.port}/`)).text();
		const [row] = await withClient(
			{
				host: '127.0.0.1',
				port: database.port,
				database: 'app',
				username: 'app_user',
				password: 'app_password',
				sslMode: 'disable',
			},
			(sql) => sql`SELECT value FROM counter WHERE name = 'visits'`,
		);
		expect(page).toContain(`<h1>Counter: ${row?.value}</h1>`);
		await container.ask('pkill', '-INT', '-f', '/node [^ ]*/scripts/dev.ts$');
		expect((await dev.finished).status).toBe(0);
	});

	test('lets its user start containers on the host’s engine only if the socket is mounted', async () => {
		const ping = `require('node:http').get({ socketPath: '/var/run/docker.sock', path: '/_ping' }, (answer) =>
				answer.pipe(process.stdout)).on('error', ({ code }) => console.log(code))`;
		expect(await container.ask('node', '-e', ping)).toBe('ECONNREFUSED');
		const socket = '/var/run/docker.sock';
		writeFileSync(
			join(container.folder, '.env'),
			`DOCKER_SOCKET=${socket}\nDOCKER_GROUP=${statSync(socket).gid}\n`,
		);
		await container.up('--remove-existing-container', '--skip-post-create');
		expect(await container.ask('node', '-e', ping)).toBe('OK');
		const { status, stdout, stderr } = await container.start('scripts/test', 'test/connection/login')
			.finished;
		expect(status, stdout + stderr).toBe(0);
		expect(stderr).toMatch(/^PostgreSQL for the tests: container,/m);
	});
});
