import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { type ApprovedOptions, withApproval } from './approval.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import {
	createLedger,
	type LedgerEntry,
	ledgerIsComplete,
	markAs,
	readLedger,
	recordAction,
	throwLedgerError,
} from './ledger.ts';
import { migrationOrigin } from './origin.ts';
import { findMigration } from './target.ts';

export type StampOptions = ApprovedOptions<StampChange>;

export interface StampChange {
	readonly name: string;
	readonly action: 'stamp' | 'unstamp';
}

/**
 * Records in the ledger that exactly `last` and all before it are applied, with their files as they are now,
 * without running any. Without `last`, records that none is. Returns the changes. Throws `changed-meanwhile`.
 */
export async function stampMigrations(
	connection: Connection,
	directory: string,
	last: string | undefined,
	options: StampOptions = {},
): Promise<readonly StampChange[]> {
	const files = await readMigrationFiles(directory);
	const wanted = last === undefined ? [] : throughLast(files, last, directory);
	const plan = async (sql: Sql) => {
		const changes = compare(wanted, await readLedger(sql));
		return { operations: changes.map(({ name, action }) => ({ name, action })), changes };
	};
	return await withApproval(connection, options, plan, async ({ sql, send }, { changes }) => {
		const ledger = (await ledgerIsComplete(sql)) ? [] : [createLedger];
		// Sent as one string, which the server runs in one transaction.
		await send([...ledger, ...changes.map(({ sql }) => sql)].join('\n')).catch(throwLedgerError);
	});
}

function throughLast(
	files: readonly MigrationFile[],
	last: string,
	directory: string,
): readonly MigrationFile[] {
	const names = files.map(({ name }) => name);
	return files.slice(0, names.indexOf(findMigration(names, last, `in ${directory}`)) + 1);
}

function compare(
	wanted: readonly MigrationFile[],
	ledger: readonly LedgerEntry[],
): readonly (StampChange & { readonly sql: string })[] {
	const entries = new Map(ledger.map((entry) => [entry.name, entry]));
	const kept = new Set(wanted.map(({ name }) => name));
	const origin = migrationOrigin();
	const removed = ledger
		.filter(({ name }) => !kept.has(name))
		.map(({ name, sha256 = '' }) => ({
			name,
			action: 'unstamp' as const,
			sql: `${markAs('down', name)}\n${recordAction('unstamp', { name, sha256 }, origin)}`,
		}));
	const stamped = wanted
		.filter(({ name, sha256 }) => entries.get(name)?.sha256 !== sha256 || entries.get(name)?.inconsistency)
		.map((file) => {
			const entry = entries.get(file.name);
			const write =
				entry === undefined || entry.inconsistency !== undefined
					? [markAs('down', file.name), markAs('up', file.name)]
					: [];
			return {
				name: file.name,
				action: 'stamp' as const,
				sql: [...write, recordAction('stamp', file, origin)].join('\n'),
			};
		});
	return [...removed, ...stamped];
}
