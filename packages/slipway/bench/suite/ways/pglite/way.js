import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { test as plain } from 'vitest';

const loadDataDir = new Blob([readFileSync('pglite.tar')]);

const onPglite = (pglite) => ({
	query: async (text, values = []) => (await pglite.query(text, values)).rows,
	begin: (use) => pglite.transaction((tx) => use(onPglite(tx))),
});

export const test = plain.extend({
	// biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of fixtures from it
	db: async ({}, use) => {
		const pglite = await PGlite.create({ loadDataDir });
		await use(onPglite(pglite));
		await pglite.close();
	},
});
