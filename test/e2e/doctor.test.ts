import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { describeWithEngineHere } from 'slipway/test-helpers/engine-here';
import { startTestServer } from 'slipway/test-helpers/server';
import { afterAll, expect, test } from 'vitest';
import { ask, docker, removeOwned } from './engine.ts';
import { Stack } from './stack.ts';

/** Runs scripts/doctor in the stack's checkout, with the packages of this one. */
async function doctor(stack: Stack, environment: NodeJS.ProcessEnv = {}, prefix: readonly string[] = []) {
	const own = { PORT: '0', COMPOSE_PROJECT_NAME: stack.project };
	const script = join(stack.folder, 'scripts/doctor.ts');
	const [command = '', ...args] = [...prefix, process.execPath, script, '--timeout', '60'];
	return await runProcess(command, args, { env: { ...own, ...environment } });
}

const outputOf = ({ stdout, stderr }: Finished) => stdout + stderr;

describeWithEngineHere('scripts/doctor', () => {
	afterAll(removeOwned);

	test('recognizes the running stack, its ports and volume, and checks the passwords', async () => {
		await using stack = new Stack();
		stack.installPackages();
		await stack.up();
		const port = (await stack.address('web')).split(':')[1] ?? '';
		const db = (await stack.address('db')).split(':')[1] ?? '';

		const healthy = await doctor(stack, { PORT: port, DB_PORT: db });
		expect(healthy.status, outputOf(healthy)).toBe(0);
		expect(healthy.stdout).toContain(`port ${port} is used by the stack's web`);
		expect(healthy.stdout).toContain(`port ${db} is used by the stack's db`);
		expect(healthy.stdout).toContain(`docker compose can use the data in ${stack.project}_db`);
		expect(healthy.stdout.match(/the stack's server accepts the password/g)).toHaveLength(3);

		await using elsewhere = await startTestServer();
		const named = { DB_HOST: elsewhere.admin.host, DB_PORT: String(elsewhere.admin.port) };
		const both = await doctor(stack, { PORT: port, ...named });
		expect(both.stdout.match(/the stack's server accepts the password/g)).toHaveLength(3);
		expect(both.stdout).toMatch(
			new RegExp(`passwords: the server on ${named.DB_HOST}:${named.DB_PORT} does not accept`),
		);

		const wrong = { PORT: port, DB_PORT: db, DB_ADMIN_PASSWORD: 'wrong', DB_PASSWORD: 'other' };
		const { status, stdout } = await doctor(stack, wrong);
		expect(status).toBe(1);
		expect(stdout).toMatch(
			/^error {3}passwords: .* password of "postgres"\n {10}Set DB_ADMIN_PASSWORD to the password/m,
		);
		expect(stdout).toMatch(
			/^warning passwords: .* password of "app_user"\n {10}Bootstrap sets the password/m,
		);

		const secret = join(stack.folder, 'app-password');
		writeFileSync(secret, 'secret', { mode: 0 });
		expect((await doctor(stack, { DB_PASSWORD_FILE: secret })).stdout).toContain(
			`run as user 1000, who may not read DB_PASSWORD_FILE=app-password\n          Make that user its owner: sudo chown 1000 ${secret}`,
		);

		const swapped = await doctor(stack, { PORT: db, DB_PORT: db });
		expect(swapped.stdout).toContain(`port ${db} (PORT) is in use by the container ${stack.project}-db-1`);

		await using other = new Stack();
		other.installPackages();
		const sameName = await doctor(other, { COMPOSE_PROJECT_NAME: stack.project });
		expect(sameName.stdout).toMatch(
			/^error {3}project: a stack named .* is already running in another checkout, .*\n.*COMPOSE_PROJECT_NAME/m,
		);
	});

	test('does not report a port conflict with the server that the settings name', async () => {
		await using stack = new Stack();
		stack.installPackages();
		await using server = await startTestServer();
		const { host, port, username, password } = server.admin;
		const { status, stdout } = await doctor(stack, {
			DB_HOST: host,
			DB_PORT: String(port),
			DB_ADMIN_USERNAME: username,
			DB_ADMIN_PASSWORD: password,
		});
		expect(stdout).toMatch(
			new RegExp(`^warning ports: port ${port} \\(DB_PORT\\), .*\\n {10}If that is the server`, 'm'),
		);
		expect(status, stdout).toBe(0);
	});

	test('reports a volume that the image cannot use, and a missing image', async () => {
		await using stack = new Stack();
		stack.installPackages();
		const volume = await stack.createVolume();
		await ask('run', '--rm', `--volume=${volume}:/volume`, '--entrypoint=mkdir', 'postgres:18', '/volume/17');
		const { status, stdout } = await doctor(stack, {});
		expect(status).toBe(1);
		expect(stdout).toContain(`error   volume: the volume ${volume} contains the data of PostgreSQL 17`);
		expect((await doctor(stack, { POSTGRES_IMAGE: 'postgres:nope' })).stdout).toContain(
			'warning image: the image postgres:nope is not on this machine',
		);
	});

	test('reports an engine that is too old, and one that does not answer', async () => {
		await using stack = new Stack();
		stack.installPackages();
		const old = await doctor(stack, { DOCKER_API_VERSION: '1.43' });
		expect(old.status).toBe(1);
		expect(old.stdout).toMatch(/^error {3}docker: .* API 1\.43 .*, but compose\.yaml needs 1\.44$/m);
		const none = await doctor(stack, { DOCKER_HOST: `unix://${stack.folder}/none.sock` });
		expect(none.status, outputOf(none)).toBe(0);
		expect(none.stdout).toMatch(/^warning docker: no Docker engine answers: .*\n {10}Start it/m);
	});

	test('reports a container with little memory', async () => {
		await using stack = new Stack();
		stack.installPackages();
		const mounts = [projectRoot, stack.folder].map((folder) => `--volume=${folder}:${folder}:ro`);
		const limits = ['--rm', '--network=none', '--memory=280m', ...mounts, '--entrypoint=node'];
		const script = join(stack.folder, 'scripts/doctor.ts');
		const { stdout, stderr } = await docker('run', ...limits, 'node:24-slim', script, '--timeout=60');
		expect(stdout, stderr).toMatch(
			/^warning memory: \d+ MB of memory are free\n {10}PostgreSQL or Node may be killed/m,
		);
	});

	test.runIf(process.getuid?.() === 0)('reports an engine that this user may not use', async () => {
		await using stack = new Stack();
		stack.installPackages();
		await runProcess('chown', ['-R', '1000', stack.folder]);
		const ordinary = ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'];
		const { status, stdout } = await doctor(stack, { HOME: stack.folder }, ordinary);
		expect(status).toBe(1);
		expect(stdout).toMatch(
			/^error {3}docker: this user has no access to the Docker engine: .*\n {10}Join the group/m,
		);
	});
});
