import { getConnections } from 'pgsql-test';
import { withClient } from '../../../src/connection/index.ts';
import { startEmbedded } from '../../../src/postgres/index.ts';
import { timed } from '../contender.ts';

/**
 * It starts no server: the databases are made on one of ours, which runs already.
 *
 * @type {import('../contender.ts').Prepare}
 */
export async function prepare() {
	const server = await startEmbedded();
	// It takes these for given; what makes them is another package.
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
