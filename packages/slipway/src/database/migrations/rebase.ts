import { link, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Connection, withClient } from '../../connection/index.ts';
import { migrationsNotWritten, nextNumbers } from './create.ts';
import { type MigrationFile, readUnorderedFiles } from './files.ts';
import { compareNames } from './order.ts';
import { findToRenumber } from './same-number.ts';
import { isApplied, type MigrationStatus, readStatus } from './status.ts';

/** A renumbered migration, by its old and new name. */
export interface Renumbering {
	readonly from: string;
	readonly to: string;
}

/**
 * Renumbers unapplied migrations after the latest one, in their present order, by renaming their files. If
 * none is out of order, renumbers only those that share a number with another. With `dryRun`, only returns
 * the new names. Throws `migrations-not-written`.
 */
export async function rebaseMigrations(
	connection: Connection,
	directory: string,
	{ dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<readonly Renumbering[]> {
	const files = await readUnorderedFiles(directory);
	const statuses = await withClient(connection, (sql) => readStatus(sql, files));
	const late = await findLate(statuses, directory);
	const numbers = nextNumbers(statuses.map(({ name }) => name).toSorted(compareNames), late.length);
	const renumberings = late.map((from, index) => ({
		from,
		to: from.replace(/^\d+/, numbers[index] ?? ''),
	}));
	if (dryRun) return renumberings;
	for (const each of renumberings)
		await rename(files, each).catch((cause: Error) => {
			throw migrationsNotWritten(directory, cause);
		});
	return renumberings;
}

/** The migrations that need a later number, in the order in which they are to be applied. */
async function findLate(statuses: readonly MigrationStatus[], directory: string): Promise<readonly string[]> {
	const applied = new Set(statuses.filter(isApplied).map(({ name }) => name));
	const names = statuses.map(({ name }) => name);
	const sharing = await findToRenumber(directory, names, applied);
	if (!statuses.some(({ state }) => state === 'out-of-order')) return sharing;
	const others = names.filter((name) => !applied.has(name) && !sharing.includes(name));
	return [...others, ...sharing];
}

/** Unlike a plain rename, this never overwrites a file. */
async function rename(files: readonly MigrationFile[], { from, to }: Renumbering): Promise<void> {
	const paths = files
		.filter(({ name }) => name === from)
		.flatMap(({ path, down }) => (down === undefined ? [path] : [path, down.path]));
	for (const path of paths)
		await link(
			path,
			join(
				dirname(path),
				basename(path).replace(from, () => to),
			),
		);
	for (const path of paths) await unlink(path);
}
