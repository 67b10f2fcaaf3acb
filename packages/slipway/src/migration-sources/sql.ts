import type { SqlMigrations } from '../config/index.ts';
import { readSqlMigrations, runSqlMigrations } from '../database/sql-migrations/index.ts';
import { absolutePattern } from './patterns.ts';
import type { MigrationSource } from './source.ts';

/** Files of SQL. */
export function sqlSource({ sql, cwd = '.' }: SqlMigrations): MigrationSource {
	const patterns = [sql].flat();
	const read = () => readSqlMigrations(cwd, patterns);
	return {
		patterns: patterns
			.filter((pattern) => !pattern.startsWith('!'))
			.map((pattern) => absolutePattern(cwd, pattern)),
		steps: read,
		migrate: async ({ migrator }, options) => {
			await runSqlMigrations(migrator, await read(), options);
		},
	};
}
