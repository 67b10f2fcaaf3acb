import { sql } from 'kysely';
import pg from 'pg';
import { type Database, openDatabase } from '../src/database/database.ts';
import { type LoadOwners, loadAsJson, loadByJoin, loadByTable, loadLazily } from './ways.ts';

const ways: Readonly<Record<string, LoadOwners>> = {
	'lazy: a query for each row': loadLazily,
	'eager: a query for each table, with IN': loadByTable,
	'eager: one query, a join': loadByJoin,
	'eager: one query, JSON arrays': loadAsJson,
};
const runs = 21;
const pageSize = 50;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
let queries = 0;
const db = openDatabase(pool, () => {
	queries += 1;
});
await fill(db);
const results = [];
for (const [way, load] of Object.entries(ways)) results.push({ way, ...(await measure(load)) });
console.log(`${pageSize} of 2,000 owners with their ponies and handlers, the median of ${runs} runs:`);
console.table(results);
await db.destroy();

/**
 * Adds five ponies for each owner, and two handlers for each pony. With 500 handlers instead of 2,000, the JSON arrays take
 * three times as long: PostgreSQL then scans the whole table for each pony instead of its index.
 */
async function fill(db: Database): Promise<void> {
	await sql`INSERT INTO owner (name) SELECT 'owner ' || n FROM generate_series(1, 2000) AS n`.execute(db);
	await sql`INSERT INTO handler (name) SELECT 'handler ' || n FROM generate_series(1, 2000) AS n`.execute(db);
	await sql`
		INSERT INTO pony (owner_id, name, born)
		SELECT id, 'pony ' || n, 2000 + (id + n) % 25 FROM owner, generate_series(1, 5) AS n`.execute(db);
	await sql`
		INSERT INTO pony_handler (pony_id, handler_id)
		SELECT pony.id, handler.id FROM pony JOIN handler ON handler.id IN (1 + pony.id % 2000, 1 + pony.id * 7 % 2000)
		ON CONFLICT DO NOTHING`.execute(db);
	// Otherwise the plans depend on autovacuum. Only the owner can run ANALYZE, so the script runs as the migrator.
	await sql`ANALYZE`.execute(db);
}

async function measure(load: LoadOwners) {
	const times = [];
	for (let run = 0; run < runs; run += 1) {
		queries = 0;
		const start = performance.now();
		await load(db, pageSize);
		times.push(performance.now() - start);
	}
	const median = times.toSorted((a, b) => a - b)[(runs - 1) / 2] ?? 0;
	return { queries, milliseconds: Number(median.toFixed(1)) };
}
