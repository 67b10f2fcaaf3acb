import type { Migrations } from '../config/index.ts';
import { commandSource } from './command.ts';
import { folderSource } from './folder.ts';
import type { MigrationSource } from './source.ts';
import { sqlSource } from './sql.ts';

export { escapePattern, filesOf, watchedPaths } from './patterns.ts';
export type { MigrationOptions, MigrationSource, MigrationStep, MigrationTarget } from './source.ts';

/** The source that a value of the option `migrations`, with absolute paths, stands for. */
export function migrationSource(migrations: Migrations): MigrationSource {
	if (typeof migrations === 'string') return folderSource(migrations);
	return 'sql' in migrations ? sqlSource(migrations) : commandSource(migrations);
}
