import { basename } from 'node:path';
import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { type ApprovedOptions, withApproval } from './approval.ts';
import { isProgram, parseFileName } from './file-name.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';
import { loadScripts } from './load-scripts.ts';
import { compareNames } from './order.ts';
import { printable } from './printable.ts';
import type { MigrationStep } from './progress.ts';
import type { MigrationScript } from './script.ts';
import { findMigration } from './target.ts';
import { stepUp } from './up.ts';

/** `approve` is called with the names. */
export interface MigrateDownOptions extends ApprovedOptions<string> {
	/** How many to revert, starting with the last one applied. Default: 1. */
	readonly count?: number;
	/** Instead of `count`: the last migration to keep. */
	readonly to?: string;
	/** Instead of `count`: revert everything. */
	readonly all?: boolean;
}

/**
 * Reverts the last applied migrations, as the migrator, and returns their names, the latest first. If a file
 * was edited, its current down part runs. Throws `migration-missing`, `migration-irreversible` or
 * `changed-meanwhile`, with nothing reverted.
 */
export async function migrateDown(
	connection: Connection,
	directory: string,
	options: MigrateDownOptions = {},
): Promise<readonly string[]> {
	return await revert(connection, directory, options, false);
}

/** Reverts them as `migrateDown` does, and applies them again as their files are now. */
export async function migrateRedo(
	connection: Connection,
	directory: string,
	options: MigrateDownOptions = {},
): Promise<readonly string[]> {
	return await revert(connection, directory, options, true);
}

async function revert(
	connection: Connection,
	directory: string,
	options: MigrateDownOptions,
	again: boolean,
): Promise<readonly string[]> {
	const files = await readMigrationFiles(directory);
	const plan = async (sql: Sql) => {
		const scripts = await loadScripts(
			findFiles(files, selectEntries(await readLedger(sql), options), directory),
			files,
		);
		return { operations: scripts.map(({ file }) => file.name), scripts, steps: scripts.map(stepDown) };
	};
	return await withApproval(connection, options, plan, async ({ run }, { scripts, steps }) => {
		await run('down', steps);
		if (again) await run('up', scripts.toReversed().map(stepUp));
	});
}

function selectEntries(
	ledger: readonly LedgerEntry[],
	{ count = 1, to, all }: MigrateDownOptions,
): readonly LedgerEntry[] {
	const entries = ledger
		.filter(({ inconsistency }) => inconsistency !== 'hash-only')
		.toSorted((a, b) => compareNames(b.name, a.name));
	if (all) return entries;
	if (to === undefined) return entries.slice(0, Math.max(0, count));
	const names = entries.map(({ name }) => name);
	return entries.slice(0, names.indexOf(findMigration(names, to, 'among the applied ones')));
}

function findFiles(
	files: readonly MigrationFile[],
	entries: readonly LedgerEntry[],
	directory: string,
): readonly MigrationFile[] {
	return entries.map(({ name }) => {
		const file = files.find((each) => each.name === name);
		if (file !== undefined) return file;
		throw new SlipwayError(
			'migration-missing',
			`${printable(name)} cannot be reverted: it has no file in ${directory}; nothing was reverted`,
			'Restore the file from version control, or check out the branch that has it.',
		);
	});
}

function stepDown(script: MigrationScript): MigrationStep {
	if (script.down !== undefined) return { script, part: script.down };
	throw new SlipwayError(
		'migration-irreversible',
		`${script.file.path} has no down part, so it cannot be reverted; nothing was reverted`,
		`Write a new migration that undoes it, or add ${missingPart(script.file.path)}.`,
	);
}

function missingPart(path: string): string {
	if (isProgram(path)) return 'a function "down"';
	const { name, content } = parseFileName(basename(path));
	return content === 'up' ? `the file ${name}.down.sql next to it` : 'a "-- Down Migration" part';
}
