import { join } from 'node:path';
import { startEmbedded, withClient } from 'slipway';
import { runSlipway } from './launch.ts';

/** Moving 100 MB to another version of PostgreSQL, as a whole command, with the comparison. */
export async function measureUpgrade(checkout: string): Promise<Record<string, number>> {
	const old = await startEmbedded({ directory: join(checkout, '.slipway/postgres'), version: 17 });
	await withClient(old.admin, (sql) =>
		sql.unsafe(`
			CREATE TABLE bulk AS SELECT id, repeat(md5(id::text), 6) AS text FROM generate_series(1, 400000) AS id;
			ALTER TABLE bulk ADD PRIMARY KEY (id)`),
	);
	await old.stop();
	const start = performance.now();
	await runSlipway(checkout, 'db', 'upgrade');
	return { 'slipway db upgrade, 17 to 18, 100 MB': performance.now() - start };
}
