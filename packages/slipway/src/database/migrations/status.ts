import { type Ask, type Connection, withClient } from '../../connection/index.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';
import { compareNames } from './order.ts';

/**
 * `edited`: the file differs from what was applied; `missing`: applied, but without a file; `newer`: missing
 * and later than every file, as after a newer version of the code has migrated; `out-of-order`: not applied,
 * but a later one is; `inconsistent`: the ledger contradicts itself.
 */
export type MigrationState =
	| 'applied'
	| 'pending'
	| 'edited'
	| 'missing'
	| 'newer'
	| 'out-of-order'
	| 'inconsistent';

export interface MigrationStatus {
	readonly name: string;
	readonly state: MigrationState;
	readonly appliedAt?: Date;
}

/** The state of each migration in `directory`, in order. Needs a role that may read the schema `slipway`. */
export async function migrationStatus(
	connection: Connection,
	directory: string,
): Promise<readonly MigrationStatus[]> {
	const files = await readMigrationFiles(directory);
	return await withClient(connection, async (sql) => compareWithLedger(files, await readLedger(sql)));
}

/** The same on an open connection; cheap enough for a health check. */
export async function readStatus(
	sql: Ask,
	files: readonly MigrationFile[],
): Promise<readonly MigrationStatus[]> {
	return compareWithLedger(files, await readLedger(sql));
}

export function isApplied({ state }: MigrationStatus): boolean {
	return state !== 'pending' && state !== 'out-of-order';
}

export function compareWithLedger(
	files: readonly MigrationFile[],
	ledger: readonly LedgerEntry[],
): readonly MigrationStatus[] {
	const applied = new Map(ledger.map((entry) => [entry.name, entry]));
	const present = new Set(files.map(({ name }) => name));
	const lastApplied = lastOf(ledger);
	const lastFile = lastOf(files);
	const withoutFile = ledger
		.filter(({ name }) => !present.has(name))
		.map((entry) => toStatus(entry, isAfter(entry.name, lastFile) ? 'newer' : 'missing'));
	return files
		.map((file) => statusOf(file, applied.get(file.name), lastApplied))
		.concat(withoutFile)
		.toSorted((a, b) => compareNames(a.name, b.name));
}

function statusOf(
	file: MigrationFile,
	entry: LedgerEntry | undefined,
	lastApplied: string | undefined,
): MigrationStatus {
	if (entry !== undefined)
		return toStatus(entry, entry.sha256 === undefined || entry.sha256 === file.sha256 ? 'applied' : 'edited');
	return { name: file.name, state: isAfter(file.name, lastApplied) ? 'pending' : 'out-of-order' };
}

function toStatus({ name, appliedAt, inconsistency }: LedgerEntry, valid: MigrationState): MigrationStatus {
	const state = inconsistency === undefined ? valid : 'inconsistent';
	return appliedAt === undefined ? { name, state } : { name, state, appliedAt };
}

function lastOf(named: readonly { readonly name: string }[]): string | undefined {
	return named
		.map(({ name }) => name)
		.toSorted(compareNames)
		.at(-1);
}

const isAfter = (name: string, other: string | undefined) =>
	other === undefined || compareNames(name, other) > 0;
