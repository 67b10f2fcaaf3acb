import { migrateUp, readMigrationFiles } from '../database/migrations/index.ts';
import { escapePattern } from './patterns.ts';
import type { MigrationSource } from './source.ts';

/** A folder with migrations in node-pg-migrate's format. */
export function folderSource(folder: string): MigrationSource {
	return {
		patterns: [`${escapePattern(folder)}/**`],
		steps: () => readMigrationFiles(folder),
		migrate: async ({ migrator }, options) => {
			await migrateUp(migrator, folder, options);
		},
	};
}
