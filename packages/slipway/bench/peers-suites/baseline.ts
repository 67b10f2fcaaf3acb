import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Login, toLogin, withClient } from '../../src/connection/index.ts';
import { ensureLogins } from '../../src/database/bootstrap/index.ts';
import { connectEngine } from '../../src/postgres/index.ts';
import { imageOf } from '../../src/postgres-versions.ts';
import { quoteIdentifier } from '../../src/sql.ts';
import type { Suite } from './suite.ts';

export interface Server extends AsyncDisposable {
	readonly admin: Login;
}

const serverPort = '5432/tcp';

/** PostgreSQL's image as anyone runs it, with the logins and databases that the suite needs. */
export async function startBaseline({ options }: Suite): Promise<Server> {
	const { port, replication, settings = {}, logins = [], databases = [] } = options;
	const { docker, host } = await connectEngine();
	const password = randomBytes(16).toString('hex');
	const given = { ...(replication && { wal_level: 'logical' }), ...settings };
	const container = await docker.createContainer({
		Image: imageOf(),
		Cmd: ['postgres', ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
		Env: [`POSTGRES_PASSWORD=${password}`],
		HostConfig: {
			AutoRemove: true,
			PortBindings: { [serverPort]: [{ HostIp: '127.0.0.1', HostPort: String(port ?? 0) }] },
		},
		ExposedPorts: { [serverPort]: {} },
	});
	await container.start();
	const { NetworkSettings } = await container.inspect();
	const published = Number(NetworkSettings.Ports[serverPort]?.[0]?.HostPort);
	const endpoint = { host, port: published, sslMode: 'disable' } as const;
	const admin = toLogin({ ...endpoint, username: 'postgres', password, database: 'postgres' });
	await untilReady(admin);
	for (const name of databases)
		await withClient(admin, (sql) => sql.unsafe(`CREATE DATABASE ${quoteIdentifier(name)}`));
	await ensureLogins(admin, databases, logins);
	return {
		admin,
		[Symbol.asyncDispose]: async () => void (await container.remove({ force: true, v: true })),
	};
}

/** The image's first server, which only initializes the data, does not listen on a port. */
async function untilReady(admin: Login): Promise<void> {
	for (let attempt = 0; ; attempt++) {
		try {
			return await withClient(admin, async () => {});
		} catch (error) {
			if (attempt === 300) throw error;
			await sleep(100);
		}
	}
}
