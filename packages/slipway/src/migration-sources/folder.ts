import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type MigrationFile, migrateUp, readMigrationFiles } from '../database/migrations/index.ts';
import { importedFiles } from './imported-files.ts';
import { escapePattern, filesOf } from './patterns.ts';
import type { MigrationSource, MigrationStep } from './source.ts';

/** A folder with migrations in node-pg-migrate's format. */
export function folderSource(folder: string): MigrationSource {
	return {
		patterns: [`${escapePattern(folder)}/**`],
		steps: async () => (await readMigrationFiles(folder)).map((file) => withInputs(folder, file)),
		migrate: async ({ migrator }, options) => {
			await migrateUp(migrator, folder, options);
		},
	};
}

/**
 * What a program does depends on the modules that it imports, too, and on files that it may read. The ledger has the hash
 * of its own file alone.
 */
function withInputs(folder: string, { name, path, sha256 }: MigrationFile): MigrationStep {
	if (path.endsWith('.sql')) return { name, sha256 };
	const inputs = new Set([...importedFiles(path), ...filesOf([`${escapePattern(folder)}/*/**`])]);
	if (inputs.size === 0) return { name, sha256 };
	const contents = [...inputs].toSorted().flatMap((file) => [relative(folder, file), hashOf(file)]);
	return { name, sha256: hash('sha256', JSON.stringify([sha256, ...contents])) };
}

const hashOf = (file: string) => hash('sha256', readFileSync(file));
