import postgres from 'postgres';
import { inject, test as plain } from 'vitest';
import conditions from '../../conditions.json' with { type: 'json' };
import { onPostgresJs } from '../common/postgres-js.js';
import { optionsOf } from '../common/shared-server.js';

const database = inject('databases')[Number(process.env.VITEST_POOL_ID) - 1];
const db = onPostgresJs(postgres(optionsOf({ ...inject('app'), database })));
// The app may not truncate.
const owner = postgres({ ...optionsOf({ ...inject('migrator'), database }), max: 1 });

// The tests only read the seeded tables, so that the rows need not be inserted again.
const tables = await owner`
	SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
	WHERE schemaname = 'public' AND tablename <> ALL (${conditions.seeded}) AND tablename <> 'pgmigrations'`;
const truncate = `TRUNCATE ${tables.map(({ name }) => name).join(', ')} RESTART IDENTITY`;

export const test = plain.extend({
	// biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
	db: async ({}, use) => {
		await owner.unsafe(truncate);
		await use(db);
	},
});
