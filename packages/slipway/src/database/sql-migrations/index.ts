import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { globSync } from 'tinyglobby';
import { type Connection, withClient } from '../../connection/index.ts';
import { runSqlFile } from '../sql-file.ts';

export interface SqlMigration {
	readonly name: string;
	readonly path: string;
	readonly text: string;
	readonly sha256: string;
}

/** The files that `patterns` match, in natural order. */
export async function readSqlMigrations(
	root: string,
	patterns: readonly string[],
): Promise<readonly SqlMigration[]> {
	const { compare } = new Intl.Collator('en', { numeric: true });
	return globSync([...patterns], { cwd: root, absolute: true })
		.toSorted(compare)
		.map((path) => {
			const text = readFileSync(path, 'utf8');
			return { name: relative(root, path), path, text, sha256: hash('sha256', text) };
		});
}

export async function runSqlMigrations(
	migrator: Connection,
	migrations: readonly SqlMigration[],
	{ onMigrated = () => {} }: { readonly onMigrated?: (name: string) => void } = {},
): Promise<void> {
	await withClient(migrator, async (sql) => {
		for (const migration of migrations) {
			await runSqlFile(sql, migration);
			onMigrated(migration.name);
		}
	});
}
