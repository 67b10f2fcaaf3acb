import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { quoteLiteral } from '../../sql.ts';
import { type ApprovedOptions, withApproval } from './approval.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import {
	createLedger,
	explainLedgerFault,
	type LedgerEntry,
	ledgerIsComplete,
	noteAction,
	readLedger,
} from './ledger.ts';
import { migrationOrigin } from './origin.ts';
import { findMigration } from './target.ts';

export type StampOptions = ApprovedOptions<StampChange>;

export interface StampChange {
	readonly name: string;
	readonly action: 'stamp' | 'unstamp';
}

/**
 * Makes the ledger say that `last` and all before it are applied, as their files are now, and nothing else; runs none
 * of them. Without `last` the ledger says that nothing is applied. Returns what changed. Throws `changed-meanwhile`.
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
		return { deeds: changes.map(({ name, action }) => ({ name, action })), changes };
	};
	return await withApproval(connection, options, plan, async ({ sql, send }, { changes }) => {
		const ledger = (await ledgerIsComplete(sql)) ? [] : [createLedger];
		await send([...ledger, ...changes.map(({ sql }) => sql)].join('\n')).catch(explainLedgerFault);
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

/** One text without BEGIN is one transaction of the server's own. */
function compare(
	wanted: readonly MigrationFile[],
	ledger: readonly LedgerEntry[],
): readonly (StampChange & { readonly sql: string })[] {
	const entries = new Map(ledger.map((entry) => [entry.name, entry]));
	const kept = new Set(wanted.map(({ name }) => name));
	const origin = migrationOrigin();
	const forgotten = ledger
		.filter(({ name }) => !kept.has(name))
		.map(({ name, sha256 = '' }) => ({
			name,
			action: 'unstamp' as const,
			sql: `${forget(name)}\n${noteAction('unstamp', { name, sha256 }, origin)}`,
		}));
	const noted = wanted
		.filter(({ name, sha256 }) => entries.get(name)?.sha256 !== sha256 || entries.get(name)?.fault)
		.map((file) => {
			const entry = entries.get(file.name);
			const write =
				entry === undefined || entry.fault !== undefined ? [forget(file.name), note(file.name)] : [];
			return {
				name: file.name,
				action: 'stamp' as const,
				sql: [...write, noteAction('stamp', file, origin)].join('\n'),
			};
		});
	return [...forgotten, ...noted];
}

const forget = (name: string) => `DELETE FROM slipway.migrations WHERE name = ${quoteLiteral(name)};`;

/** As node-pg-migrate notes it. Slipway goes by the names, whatever the times are. */
const note = (name: string) =>
	`INSERT INTO slipway.migrations (name, run_on) VALUES (${quoteLiteral(name)}, now());`;
