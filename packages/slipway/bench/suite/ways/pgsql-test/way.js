import { getConnections } from 'pgsql-test';
import { inject, test as plain } from 'vitest';

const { server, template, app } = inject('pgsql-test');

const onClient = (client) => ({
	query: async (text, values = []) => (await client.query(text, values)).rows,
	async begin(use) {
		await client.savepoint('nested');
		try {
			return await use(onClient(client));
		} catch (error) {
			await client.rollback('nested');
			throw error;
		}
	},
});

/** As it recommends: a database for each file, from a template, and a transaction for each test. */
export const test = plain.extend({
	connections: [
		// biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
		async ({}, use) => {
			const connections = await getConnections({ pg: server, db: { template, connections: { app } } }, []);
			connections.db.setContext({ role: 'authenticated' });
			await use(connections);
			await connections.teardown();
		},
		{ scope: 'file' },
	],
	db: async ({ connections: { db } }, use) => {
		await db.beforeEach();
		await use(onClient(db));
		await db.afterEach();
	},
});
