import { getConnections } from 'pgsql-test';
import { withClient } from '../../../src/connection/index.ts';
import { startEmbedded } from '../../../src/postgres/index.ts';
import { timed } from '../contender.ts';

/**
 * It does not start a server: it creates the databases on one of ours, which is already running.
 *
 * @type {import('../contender.ts').Prepare}
 */
export async function prepare() {
	const server = await startEmbedded();
	// It expects these roles, which another package creates.
	for (const role of ['anonymous', 'authenticated', 'administrator'])
		await withClient(server.admin, (sql) => sql`CREATE ROLE ${sql(role)}`);
	const { host, port, username, password } = server.admin;
	const pg = { host, port, user: username, password };
	return timed(
		async () => {
			const { db, teardown } = await getConnections({ pg }, []);
			await db.query('SELECT 1');
			return { [Symbol.asyncDispose]: teardown };
		},
		() => server[Symbol.asyncDispose](),
	);
}
