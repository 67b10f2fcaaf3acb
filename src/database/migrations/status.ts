import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { compareNames, type MigrationFile, readMigrationFiles } from './files.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';

/**
 * `edited`: the file is not what was applied; `missing`: applied, and there is no file; `out-of-order`:
 * not applied, and a later one is.
 */
export type MigrationState = 'applied' | 'pending' | 'edited' | 'missing' | 'out-of-order';

export interface MigrationStatus {
	readonly name: string;
	readonly state: MigrationState;
	readonly appliedAt?: Date;
}

/** What of `directory` is applied, in order. Every role that may read the schema `slipway` may ask. */
export async function migrationStatus(
	connection: Connection,
	directory: string,
): Promise<readonly MigrationStatus[]> {
	const files = await readMigrationFiles(directory);
	return await withClient(connection, async (sql) => compareWithLedger(files, await readLedger(sql)));
}

/** Which of `names` (see `listMigrations`) are not applied; cheap enough for a health check. */
export async function pendingMigrations(sql: Sql, names: readonly string[]): Promise<readonly string[]> {
	const applied = new Set((await readLedger(sql)).map(({ name }) => name));
	return names.filter((name) => !applied.has(name));
}

export function compareWithLedger(
	files: readonly MigrationFile[],
	ledger: readonly LedgerEntry[],
): readonly MigrationStatus[] {
	const applied = new Map(ledger.map((entry) => [entry.name, entry]));
	const present = new Set(files.map(({ name }) => name));
	const last = ledger
		.map(({ name }) => name)
		.toSorted(compareNames)
		.at(-1);
	const missing = ledger.filter(({ name }) => !present.has(name)).map((entry) => toStatus(entry, 'missing'));
	return files
		.map((file) => statusOf(file, applied.get(file.name), last))
		.concat(missing)
		.toSorted((a, b) => compareNames(a.name, b.name));
}

function statusOf(
	file: MigrationFile,
	entry: LedgerEntry | undefined,
	last: string | undefined,
): MigrationStatus {
	if (entry !== undefined)
		return toStatus(entry, entry.sha256 === undefined || entry.sha256 === file.sha256 ? 'applied' : 'edited');
	const late = last !== undefined && compareNames(file.name, last) < 0;
	return { name: file.name, state: late ? 'out-of-order' : 'pending' };
}

function toStatus({ name, appliedAt }: LedgerEntry, state: MigrationState): MigrationStatus {
	return appliedAt === undefined ? { name, state } : { name, state, appliedAt };
}
