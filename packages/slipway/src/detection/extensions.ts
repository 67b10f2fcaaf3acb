import { imageWith } from './extension-images.ts';
import type { ProjectFolder } from './project-folder.ts';

/** Extensions of PostgreSQL itself that its owner of a database may not create. */
const untrusted = [
	'pg_stat_statements',
	'postgres_fdw',
	'dblink',
	'file_fdw',
	'pageinspect',
	'pg_buffercache',
];

export interface NeededExtensions {
	/** To create before the migrations run. */
	readonly names: readonly string[];
	/** The image that has them, for a version of PostgreSQL. Undefined if all are in PostgreSQL. */
	readonly image: ((version: number) => string) | undefined;
}

/** The extensions that migrations create and the migrator may not. */
export function detectExtensions(folder: ProjectFolder): NeededExtensions {
	const texts = folder.files
		.filter((path) => /\.(sql|prisma)$|migrations?\/.*\.[cm]?[jt]s$/i.test(path))
		.map((path) => folder.text(path) ?? '');
	const created = texts.flatMap((text) =>
		[...text.matchAll(/CREATE EXTENSION\s+(?:IF NOT EXISTS\s+)?["']?([\w-]+)/gi)].map(([, name = '']) =>
			name.toLowerCase(),
		),
	);
	const names = [...new Set(created)].filter(
		(name) => untrusted.includes(name) || imageWith(name) !== undefined,
	);
	return { names: names.toSorted(), image: names.map(imageWith).find(Boolean) };
}
