import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { volumeError } from '../../src/stack/index.ts';
import { makeProject, slipway } from '../cli/project.ts';
import { runProcess } from '../helpers/child-process.ts';
import { image } from '../helpers/engine.ts';
import { describeWithEngineHere } from '../helpers/engine-here.ts';
import { freePort } from '../helpers/free-port.ts';
import { buildOldImage } from '../postgres/container/old-image.ts';

/** The database of the stack, without the rest. */
const compose = (name: string, port: number, dbImage: string) => `
name: ${name}
services:
  db:
    image: ${dbImage}
    environment:
      POSTGRES_USER: \${DB_ADMIN_USERNAME}
      POSTGRES_PASSWORD: \${DB_ADMIN_PASSWORD}
      POSTGRES_DB: postgres
      POSTGRES_INITDB_ARGS: --auth-host=scram-sha-256
    ports: ["127.0.0.1:${port}:5432"]
    volumes: ["db:/var/lib/postgresql"]
    labels: { dev.slipway.kind: test }
    healthcheck: { test: [CMD, pg_isready, -h, 127.0.0.1, -q], interval: 1s, start_interval: 0.3s, start_period: 60s }
volumes:
  db:
    labels: { dev.slipway.kind: test }
`;

/** Creates the data directory as the entrypoint of PostgreSQL's images before 18 does. */
const createOldData = `
cd /var/lib/postgresql/data
printf secret >/tmp/password
initdb --pgdata=. --username=boss --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 >&2
echo 'host all all all scram-sha-256' >>pg_hba.conf
echo 'CREATE TABLE note AS SELECT generate_series(1, 1000) AS n' | postgres --single -D . postgres
`;

describeWithEngineHere('the data of a compose stack', () => {
	test.each([
		['postgres', {}, 'the image postgres does not say which version'],
		['postgres:19', {}, 'Slipway supports PostgreSQL 15 to 18'],
		['postgres:18', { PATH: '' }, 'the docker program, which reads compose.yaml, is not installed'],
	])('is not moved for the image %s with the environment %j: %s', async (dbImage, environment, message) => {
		const project = makeProject({ 'compose.yaml': compose('slipway-test', 1, dbImage) });
		expect(await slipway(project, ['db', 'upgrade', '--stack'], environment)).toMatchObject({
			status: 1,
			stderr: expect.stringContaining(message),
		});
	});

	test('of PostgreSQL 17 is refused by preflight, moved within its volume by "db upgrade --stack", and served by 18', async () => {
		const fromImage = await buildOldImage(17);
		const port = await freePort();
		const name = `slipway-test-${randomBytes(4).toString('hex')}`;
		const volume = `${name}_db`;
		const project = makeProject({
			'compose.yaml': compose(name, port, image),
			'.env': 'DB_ADMIN_USERNAME=boss\nDB_ADMIN_PASSWORD=secret\n',
		});
		const docker = (...args: string[]) => runProcess('docker', args, { cwd: project });
		const upgrade = (...args: string[]) => slipway(project, ['db', 'upgrade', '--stack', ...args]);
		const succeed = async (run: ReturnType<typeof docker>) => {
			const { status, stdout, stderr } = await run;
			expect(status, stderr).toBe(0);
			return stdout;
		};
		onTestFinished(async () => void (await docker('compose', 'down', '--volumes')));
		expect(await upgrade()).toMatchObject({
			status: 1,
			stderr: expect.stringContaining(`there is none in the volume ${volume}`),
		});

		await succeed(docker('compose', 'create', 'db'));
		const inOld = ['run', '--rm', `--volume=${volume}:/var/lib/postgresql/data`, '--entrypoint=sh'];
		const ownRoot = 'chown postgres:postgres /var/lib/postgresql/data; chmod 700 /var/lib/postgresql/data';
		await succeed(docker(...inOld, '--user=root', fromImage, '-ec', ownRoot));
		await succeed(docker(...inOld, '--user=postgres', fromImage, '-ec', createOldData));
		const entries = await succeed(
			docker(...inOld, '--user=root', image, '-c', 'ls /var/lib/postgresql/data'),
		);
		const preflight = volumeError({ name: volume, image: 'postgres:18', entries: entries.split('\n') });
		expect(preflight).toMatchObject({
			code: 'volume-layout',
			hint: expect.stringContaining('npx slipway db upgrade --stack'),
		});

		await succeed(
			docker('compose', 'run', '--detach', '--name', `${name}-other`, '--entrypoint=sleep', 'db', '600'),
		);
		expect(await upgrade('--from-image', fromImage)).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(
				new RegExp(`in use by the container ${name}-other.*\\n.*--project-name ${name} down`),
			),
		});
		await succeed(docker('rm', '--force', `${name}-other`));

		const upgraded = await upgrade('--from-image', fromImage, '--json');
		expect(JSON.parse(await succeed(Promise.resolve(upgraded)))).toEqual({
			from: 17,
			to: 18,
			kept: `17/docker of the volume ${volume}`,
			databases: [
				{ name: 'postgres', tables: 1, rows: 1000 },
				{ name: 'template1', tables: 0, rows: 0 },
			],
		});
		// As if the machine had stopped before the last step. The command completes it, which nothing does while the stack is up.
		const undoLast = 'cd /var/lib/postgresql/data; mkdir upgrade; mv 17/docker upgrade/before';
		await succeed(docker(...inOld, '--user=postgres', image, '-ec', undoLast));
		expect(await upgrade()).toMatchObject({
			status: 0,
			stderr: expect.stringContaining('already on PostgreSQL 18'),
		});
		await succeed(docker('compose', 'up', '--wait', 'db'));
		const login = {
			host: '127.0.0.1',
			port,
			sslMode: 'disable',
			username: 'boss',
			password: 'secret',
		} as const;
		const rows = await withClient(
			{ ...login, database: 'postgres' },
			(sql) =>
				sql`SELECT count(*)::int, current_setting('server_version_num')::int / 10000 AS version FROM note`,
		);
		expect([...rows]).toEqual([{ count: 1000, version: 18 }]);
		// The admin's password can be changed without the old one, as before.
		expect(await slipway(project, ['secrets', 'admin'])).toMatchObject({ status: 0 });
		expect(await upgrade('--finish', '--yes')).toMatchObject({
			status: 0,
			stdout: `removed folder 17/docker of the volume ${volume}\n`,
		});
		expect(await upgrade()).toMatchObject({
			status: 0,
			stderr: expect.stringContaining('already on PostgreSQL 18'),
		});
	});
});
