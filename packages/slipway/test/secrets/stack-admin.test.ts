import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { makeProject, slipway } from '../cli/project.ts';
import { runProcess } from '../helpers/child-process.ts';
import { describeWithEngineHere } from '../helpers/engine-here.ts';
import { freePort } from '../helpers/free-port.ts';

/** The database of the stack, without the rest. */
const compose = (port: number) => `
services:
  db:
    image: postgres:18
    environment:
      POSTGRES_PASSWORD: \${DB_ADMIN_PASSWORD}
      POSTGRES_INITDB_ARGS: --auth-host=scram-sha-256
    ports: ["127.0.0.1:${port}:5432"]
    tmpfs: [/var/lib/postgresql]
    labels: { dev.slipway.kind: test }
    healthcheck: { test: [CMD, pg_isready, -h, 127.0.0.1, -q], interval: 1s, start_interval: 0.3s, start_period: 60s }
`;

describeWithEngineHere('the admin of a compose stack', () => {
	test('gets the password in the settings without the old one; another role than the admin is an error', async () => {
		const port = await freePort();
		const project = makeProject({ 'compose.yaml': compose(port), '.env': 'DB_ADMIN_PASSWORD=first\n' });
		const docker = (...args: string[]) => runProcess('docker', ['compose', ...args], { cwd: project });
		const login = (password: string) =>
			withClient(
				{ host: '127.0.0.1', port, sslMode: 'disable', username: 'postgres', password, database: 'postgres' },
				(sql) => sql`SELECT 1 AS one`,
			);
		onTestFinished(async () => void (await docker('down', '--volumes')));
		expect(await docker('up', '--wait')).toMatchObject({ status: 0 });
		await login('first');

		const password = 'se cond $ of \\ them';
		writeFileSync(join(project, '.env'), `DB_ADMIN_PASSWORD='${password}'\n`);
		expect(await slipway(project, ['secrets', 'admin'])).toEqual({
			status: 0,
			stdout: 'the stack\'s database accepts the password of "postgres"\n',
			stderr: '',
		});
		expect(await login(password)).toEqual([{ one: 1 }]);
		await expect(login('first')).rejects.toMatchObject({ code: 'wrong-password' });

		const failed = await slipway(project, ['secrets', 'admin'], { DB_ADMIN_USERNAME: 'boss' });
		expect(failed).toMatchObject({ status: 1, stdout: '' });
		expect(failed.stderr).toMatch(
			/the password of the stack's admin was not changed: .*"boss" does not exist/,
		);
		expect(failed.stderr).not.toContain('SCRAM');
	});
});
