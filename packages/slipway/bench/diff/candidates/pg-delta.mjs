import { extract } from '@supabase/pg-delta/extract';
import { plan } from '@supabase/pg-delta/plan';
import pg from 'pg';
import { write } from './write.mjs';

await write(async (current, desired) => {
	const pools = [current, desired].map((connectionString) => new pg.Pool({ connectionString }));
	const [from, to] = await Promise.all(pools.map((pool) => extract(pool)));
	return plan(from.factBase, to.factBase, { renames: 'auto' }).actions.map(({ sql }) => sql);
});
