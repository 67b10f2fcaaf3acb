/** A way to give tests a database. Its code is in `ways/` and the folder. */
export interface Way {
	/** In tables and pictures. */
	readonly title: string;
	readonly folder: string;
	/** Further arguments of vitest. */
	readonly args?: readonly string[];
	/** The most test files and megabytes of seed where the suite grows, because it takes long. */
	readonly most?: { readonly files: number; readonly seedMb: number };
	/** It needs a package that is compared with, or a program, which may be missing. */
	readonly isPeer?: true;
}

/** In the order of the tables. Ratios are to `reference`. */
export const ways = {
	none: { title: 'no database', folder: 'none' },
	server: { title: 'own server', folder: 'server' },
	database: { title: 'database per test', folder: 'database' },
	transaction: { title: 'transaction per test', folder: 'transaction' },
	shared: { title: 'shared database, no isolation', folder: 'shared' },
	truncate: { title: 'shared database, TRUNCATE', folder: 'truncate', args: ['--maxWorkers=1'] },
	'truncate-per-worker': { title: 'TRUNCATE, one per worker', folder: 'truncate' },
	'pgsql-test': { title: 'pgsql-test', folder: 'pgsql-test', isPeer: true },
	pglite: { title: 'PGlite per test', folder: 'pglite', isPeer: true, most: { files: 10, seedMb: 100 } },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof ways;
export const wayNames = Object.keys(ways) as WayName[];

export const reference: WayName = 'shared';

/** Without PGlite, which takes minutes. */
export const defaultWays = wayNames.filter((name) => name !== 'pglite');

export const isOurs = (name: WayName) => ['server', 'database', 'transaction'].includes(name);
