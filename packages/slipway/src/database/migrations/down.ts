import { basename } from 'node:path';
import type { Sql } from 'postgres';
import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { type ApprovedOptions, withApproval } from './approval.ts';
import { parseFileName } from './file-name.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';
import { compareNames } from './order.ts';
import { printable } from './printable.ts';
import type { MigrationStep } from './progress.ts';
import { type MigrationScript, parseScripts } from './script.ts';
import { findMigration } from './target.ts';
import { stepUp } from './up.ts';

/** What is approved are the names. */
export interface MigrateDownOptions extends ApprovedOptions<string> {
	/** How many, from the one applied last; 1 unless told. */
	readonly count?: number;
	/** Instead: the one that stays as the last. */
	readonly to?: string;
	/** Instead: everything. */
	readonly all?: boolean;
}

/**
 * Reverts what was applied last, as the migrator, and returns the names, the latest first. An edited file
 * may be reverted: what it says today is its author's last word. Throws, having reverted nothing,
 * `migration-missing`, `migration-irreversible` or `changed-meanwhile`.
 */
export async function migrateDown(
	connection: Connection,
	directory: string,
	options: MigrateDownOptions = {},
): Promise<readonly string[]> {
	return await revert(connection, directory, options, false);
}

/** The same, and applies them again as their files are now. */
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
		const scripts = parseScripts(findFiles(files, choose(await readLedger(sql), options), directory));
		return { deeds: scripts.map(({ file }) => file.name), scripts, steps: scripts.map(stepDown) };
	};
	return await withApproval(connection, options, plan, async ({ run }, { scripts, steps }) => {
		await run('down', steps);
		if (again) await run('up', scripts.toReversed().map(stepUp));
	});
}

function choose(
	ledger: readonly LedgerEntry[],
	{ count = 1, to, all }: MigrateDownOptions,
): readonly LedgerEntry[] {
	const entries = ledger
		.filter(({ fault }) => fault !== 'hash-only')
		.toSorted((a, b) => compareNames(b.name, a.name));
	if (all) return entries;
	if (to === undefined) return entries.slice(0, Math.max(0, count));
	const names = entries.map(({ name }) => name);
	return entries.slice(0, names.indexOf(findMigration(names, to, 'that is applied')));
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
			`${printable(name)} cannot be reverted: ${directory} has no file of that name; nothing was reverted`,
			'Restore the file from version control, or check out the branch that has it.',
		);
	});
}

function stepDown(script: MigrationScript): MigrationStep {
	if (script.down !== undefined) return { script, part: script.down };
	throw new SlipwayError(
		'migration-irreversible',
		`${script.file.path} has no down part, so that it cannot be reverted; nothing was reverted`,
		`Write a new migration that undoes it, or write ${missingPart(script.file.path)}.`,
	);
}

function missingPart(path: string): string {
	const { name, content } = parseFileName(basename(path));
	return content === 'up' ? `the file ${name}.down.sql beside it` : 'its "-- Down Migration" part';
}
