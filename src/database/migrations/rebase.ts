import { link, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, withClient } from '../../connection/index.ts';
import { migrationsNotWritten, nextNumbers } from './create.ts';
import { compareNames, readMigrationFiles } from './files.ts';
import { isApplied, readStatus } from './status.ts';

/** A file that got another number, by its old and new name. */
export interface Renumbering {
	readonly from: string;
	readonly to: string;
}

/**
 * Renumbers what is not applied so that it comes after everything that is, in the order that it has, and keeps what the
 * files say. Nothing is out of order: nothing is renumbered. `dryRun` only returns what would be. Throws
 * `migrations-not-written`.
 */
export async function rebaseMigrations(
	connection: Connection,
	directory: string,
	{ dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<readonly Renumbering[]> {
	const statuses = await withClient(connection, async (sql) =>
		readStatus(sql, await readMigrationFiles(directory)),
	);
	if (!statuses.some(({ state }) => state === 'out-of-order')) return [];
	const unapplied = statuses.filter((status) => !isApplied(status)).map(({ name }) => name);
	const numbers = nextNumbers(statuses.map(({ name }) => name).toSorted(compareNames), unapplied.length);
	const renumberings = unapplied.map((from, index) => ({
		from,
		to: from.replace(/^\d+/, numbers[index] ?? ''),
	}));
	if (dryRun) return renumberings;
	for (const each of renumberings)
		await rename(directory, each).catch((cause: Error) => {
			throw migrationsNotWritten(directory, cause);
		});
	return renumberings;
}

/** Unlike a plain rename, this never writes over a file. */
async function rename(directory: string, { from, to }: Renumbering): Promise<void> {
	await link(join(directory, `${from}.sql`), join(directory, `${to}.sql`));
	await unlink(join(directory, `${from}.sql`));
}
