import { readAppliedMigrations } from './applied.ts';
import type { DevDatabase } from './catalog.ts';
import type { DevData } from './dev-data.ts';
import type { AppliedMigration } from './note.ts';

/** What decides which data a new branch begins with. */
export interface Origins {
	readonly checkout: string;
	/** The database that this checkout used last. */
	readonly cameFrom: string | undefined;
	/** The branch's migrations in order. Undefined if only another tool knows which of them are applied. */
	readonly migrations: readonly Migration[] | undefined;
}

interface Migration {
	readonly name: string;
	readonly sha256: string;
}

/**
 * The database to copy for a new branch: that of the branch it came from, unless this has migrations that the new one lacks.
 * Then the saved state or branch that has the most of the new one's migrations, and no others; undefined if there is none.
 */
export async function findOrigin(
	data: DevData,
	databases: readonly DevDatabase[],
	{ checkout, cameFrom, migrations }: Origins,
): Promise<DevDatabase | undefined> {
	const last = databases.find(({ name }) => name === (cameFrom ?? data.project));
	if (migrations === undefined) return last;
	const lengthOf = async (database: DevDatabase) =>
		prefixLength(await appliedTo(data, database), migrations) ?? -1;
	if (last !== undefined && (await lengthOf(last)) >= 0) return last;
	let best: { readonly database: DevDatabase; readonly length: number } | undefined;
	for (const database of databases.filter((each) => each !== last && mayBeCopied(each, checkout))) {
		const length = await lengthOf(database);
		if (length > (best?.length ?? 0)) best = { database, length };
	}
	return best?.database;
}

function mayBeCopied({ note, isNewer }: DevDatabase, checkout: string): boolean {
	if (isNewer || note === undefined) return false;
	return note.kind === 'state' || (note.kind === 'branch' && note.checkout === checkout);
}

/** A saved state accepts no connections. */
async function appliedTo(
	{ admin, settings }: DevData,
	{ name, note }: DevDatabase,
): Promise<readonly AppliedMigration[]> {
	if (note?.kind === 'state') return note.migrations;
	return await readAppliedMigrations({ ...admin, ...settings.migrator, database: name });
}

/** How many of `migrations` are applied, if these are the first ones and nothing else is. */
export function prefixLength(
	applied: readonly AppliedMigration[],
	migrations: readonly Migration[],
): number | undefined {
	const hashes = new Map(applied);
	const first = migrations.slice(0, applied.length);
	const isPrefix =
		first.length === applied.length &&
		first.every(({ name, sha256 }) => {
			const hash = hashes.get(name);
			return hash !== undefined && sha256.startsWith(hash);
		});
	return isPrefix ? applied.length : undefined;
}
