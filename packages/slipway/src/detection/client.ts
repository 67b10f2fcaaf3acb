import type { ProjectFolder } from './project-folder.ts';
import { filesWith, isSource, isTest } from './source-text.ts';

/** The packages through which a program can query PostgreSQL, what is built on others first. */
const clients = ['drizzle-orm', '@prisma/client', 'typeorm', 'kysely', 'knex', 'pg', 'postgres'] as const;

export type Client = (typeof clients)[number];

/** The client of a project, and the driver that is beside it. */
export interface DetectedClient {
	readonly name: Client;
	/** `pg` or `postgres`, if the project names one. */
	readonly driver: 'pg' | 'postgres' | undefined;
}

/** Of several, the one that most source files import. Undefined if the project has none of them. */
export function detectClient(folder: ProjectFolder): DetectedClient | undefined {
	const here = clients.filter((name) => folder.depends(name));
	if (here.length === 0) return undefined;
	const counts = here.map((name) => ({ name, files: importersOf(folder, name) }));
	const [first] = counts.toSorted((a, b) => b.files - a.files);
	const name = first?.name;
	if (name === undefined) return undefined;
	const drivers = (['pg', 'postgres'] as const).filter((driver) => folder.depends(driver));
	const driver = drivers.toSorted((a, b) => importersOf(folder, b) - importersOf(folder, a))[0];
	return { name, driver };
}

function importersOf(folder: ProjectFolder, name: string): number {
	const imports = new RegExp(`(?:from|require\\(|import)\\s*['"]${name}(?:['"]|/)`);
	return filesWith(folder, imports, (path) => isSource(path) && !isTest(path)).length;
}
