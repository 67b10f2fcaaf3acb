import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type MigrationFile, migrateUp, readMigrationFiles } from '../database/migrations/index.ts';
import { importedFiles } from './imported-files.ts';
import { escapePattern } from './patterns.ts';
import type { MigrationSource, MigrationStep } from './source.ts';

/** A folder with migrations in node-pg-migrate's format. */
export function folderSource(folder: string): MigrationSource {
	return {
		patterns: [`${escapePattern(folder)}/**`],
		steps: async () => (await readMigrationFiles(folder)).map((file) => withImports(folder, file)),
		migrate: async ({ migrator }, options) => {
			await migrateUp(migrator, folder, options);
		},
	};
}

/** What a program does depends on the modules that it imports, too. The ledger has the hash of its file alone. */
function withImports(folder: string, { name, path, sha256 }: MigrationFile): MigrationStep {
	const imported = path.endsWith('.sql') ? [] : importedFiles(path);
	if (imported.length === 0) return { name, sha256 };
	const contents = imported.flatMap((file) => [relative(folder, file), readFileSync(file, 'utf8')]);
	return { name, sha256: hash('sha256', JSON.stringify([sha256, ...contents])) };
}
