import { once } from 'node:events';
import { type AddressInfo, createServer, connect as openSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { migrateUp, migrationStatus } from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { eventually } from '../../helpers/eventually.ts';
import { makesTable, migrationsDirectory, ownDatabase, tablesOf } from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A proxy to the server that breaks at COMMIT: after the server's answer, or before COMMIT is sent to it. */
async function breakingAtCommit({ host, port }: PostgresServer['admin'], when: 'answered' | 'sent') {
	const proxy = createServer((client) => {
		const upstream = openSocket(port, host);
		let committing = false;
		client.on('data', (bytes) => {
			committing ||= bytes.includes('COMMIT;');
			if (committing && when === 'sent') client.destroy();
			else upstream.write(bytes);
		});
		upstream.on('data', (bytes) => {
			if (committing) client.destroy();
			else client.write(bytes);
		});
		client.on('error', () => {}).on('close', () => upstream.destroy());
		upstream.on('error', () => {}).on('close', () => client.destroy());
	});
	await once(proxy.listen(0, '127.0.0.1'), 'listening');
	return {
		host: '127.0.0.1',
		port: (proxy.address() as AddressInfo).port,
		[Symbol.dispose]: () => void proxy.close(),
	};
}

describe('a connection that is lost', () => {
	test.each([
		[
			'answered',
			/It had reached the server in full and is done\.\nnot applied: 2_b$/,
			['applied', 'pending'],
			['a'],
		],
		['sent', /Its transaction was rolled back\.\nnot applied: 2_b$/, ['pending', 'pending'], []],
	] as const)(
		'at a commit that was %s leaves the state that the message describes',
		async (when, message, states, tables) => {
			const { migrator } = await ownDatabase(server);
			const directory = migrationsDirectory({ '1_a': makesTable('a'), '2_b': makesTable('b') });
			using proxy = await breakingAtCommit(server.admin, when);
			const refusal = migrateUp({ ...migrator, host: proxy.host, port: proxy.port }, directory);
			await expect(refusal).rejects.toMatchObject({ code: 'connection-lost' });
			await expect(refusal).rejects.toThrow(message);
			expect((await migrationStatus(migrator, directory)).map(({ state }) => state)).toEqual(states);
			expect(await tablesOf(migrator)).toEqual(tables);
			await migrateUp(migrator, directory);
			expect(await tablesOf(migrator)).toEqual(['a', 'b']);
		},
	);

	test('to a server that is gone reports that its state is unknown', async () => {
		await using ending = await startTestServer();
		const { migrator } = await ownDatabase(ending);
		const directory = migrationsDirectory({ '1_a': 'SELECT pg_sleep(600);' });
		const refusal = migrateUp(migrator, directory);
		refusal.catch(() => {});
		await withClient(ending.admin, (sql) =>
			eventually(async () => {
				const found = await sql`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
				return found.length > 0;
			}),
		);
		await ending[Symbol.asyncDispose]();
		await expect(refusal).rejects.toMatchObject({
			code: 'connection-lost',
			message: expect.stringContaining('The database cannot be reached now'),
		});
	});
});
