import { onTestFinished } from 'vitest';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { startEmbedded } from '../../src/postgres/index.ts';
import type { PostgresVersion } from '../../src/postgres-versions.ts';
import { projectRoot } from '../helpers/child-process.ts';
import { ofDatabase, ofServer } from './objects.ts';

export const inDatabase = (server: Connection, database: string, statements: string) =>
	withClient({ ...server, database }, (sql) => sql.unsafe(statements).simple());

/** A server with objects of every kind, for the running test. */
export async function startFilledServer(version: PostgresVersion): Promise<Connection> {
	const { admin } = await startFor({
		version,
		settings: { max_prepared_transactions: '2' },
		replication: true,
	});
	await fillServer(admin);
	return admin;
}

export async function fillServer(admin: Connection): Promise<void> {
	await inDatabase(admin, 'postgres', ofServer);
	for (const name of ['shop', 'closed'])
		await inDatabase(admin, 'postgres', `CREATE DATABASE ${name} OWNER readers`);
	await inDatabase(admin, 'postgres', `COMMENT ON DATABASE shop IS '{"note": "it''s"}'`);
	await inDatabase(admin, 'shop', ofDatabase);
	await inDatabase(admin, 'closed', 'CREATE TABLE kept AS SELECT 1 AS one');
	await inDatabase(admin, 'postgres', 'ALTER DATABASE closed ALLOW_CONNECTIONS false');
}

/** An empty server whose superuser has the password of `from`, and what a copy needs to know. */
export async function startTarget(from: Connection, version: PostgresVersion = 18) {
	const { admin } = await startFor({ version, settings: { max_prepared_transactions: '2' } });
	await inDatabase(admin, 'postgres', `ALTER ROLE postgres PASSWORD '${from.password}'`);
	return { from, to: { ...admin, password: from.password }, project: projectRoot, report: () => {} };
}

async function startFor(options: Parameters<typeof startEmbedded>[0]) {
	const server = await startEmbedded(options);
	onTestFinished(() => server.stop());
	return server;
}
