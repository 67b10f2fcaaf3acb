import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { type MigrationFile, readMigrationFiles } from './files.ts';
import { type LedgerEntry, readLedger } from './ledger.ts';
import { withMigrationLock } from './lock.ts';
import type { MigrationStep } from './progress.ts';
import { type MigrationScript, parseScripts } from './script.ts';
import type { MigrateOptions } from './up.ts';

export interface MigrateDownOptions extends MigrateOptions {
	/** How many, from the one applied last; 1 unless told. */
	readonly count?: number;
}

/**
 * Reverts what was applied last, as the migrator, and returns the names, the latest first. An edited file
 * may be reverted: what it says today is its author's last word. Throws, having reverted nothing,
 * `migration-missing` or `migration-irreversible`.
 */
export async function migrateDown(
	connection: Connection,
	directory: string,
	{ count = 1, onProgress = () => {}, onMigrated = () => {} }: MigrateDownOptions = {},
): Promise<readonly string[]> {
	const files = await readMigrationFiles(directory);
	return await withClient(connection, (sql) =>
		withMigrationLock(connection, onProgress, async (client) => {
			const entries = (await readLedger(sql)).toReversed().slice(0, Math.max(0, count));
			if (entries.length === 0) return [];
			const steps = parseScripts(findFiles(files, entries, directory)).map(toStep);
			const { runSteps } = await import('./run.ts');
			await runSteps(client, directory, { direction: 'down', steps, onMigrated });
			return entries.map(({ name }) => name);
		}),
	);
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
			`${name} cannot be reverted: ${directory} has no file of that name`,
			'Restore the file from version control, or check out the branch that has it.',
		);
	});
}

function toStep(script: MigrationScript): MigrationStep {
	if (script.down !== undefined) return { script, part: script.down };
	throw new SlipwayError(
		'migration-irreversible',
		`${script.file.path} has no down part, so that it cannot be reverted`,
		'Write a new migration that undoes it, or write its "-- Down Migration" part.',
	);
}
