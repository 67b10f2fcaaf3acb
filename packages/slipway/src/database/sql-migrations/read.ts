import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readSqlFile } from '../migrations/files.ts';
import { findFiles } from './find-files.ts';
import { type SelectedFile, selectFiles } from './select.ts';

/** An SQL file that another tool, or nobody, manages. Line ends are converted to LF. */
export interface SqlMigration {
	/** Its path relative to the project, with `/`. */
	readonly name: string;
	/** Its absolute path. */
	readonly path: string;
	readonly text: string;
	/** The hash of its text and of its script configuration. */
	readonly sha256: string;
	/** Flyway's `R__` files run again when they change. */
	readonly repeatable: boolean;
	/** Of a file that is named as Flyway does: the text of its script configuration, empty if it has none. */
	readonly flywayConfig?: string;
}

/**
 * Reads the SQL files that `patterns` match in `root`, in the order in which they are applied. Files that
 * revert a migration are left out. Throws `no-migrations-matched` and `invalid-migrations`.
 */
export async function readSqlMigrations(
	root: string,
	patterns: readonly string[],
): Promise<readonly SqlMigration[]> {
	const folder = resolve(root);
	return selectFiles(await findFiles(folder, patterns)).map((file) => readFile(folder, file));
}

function readFile(root: string, { name, flyway }: SelectedFile): SqlMigration {
	const path = resolve(root, name);
	const { text } = readSqlFile(path);
	const repeatable = flyway?.kind === 'R';
	if (flyway === undefined) return { name, path, text, sha256: hash('sha256', text), repeatable };
	const flywayConfig = existsSync(`${path}.conf`) ? readSqlFile(`${path}.conf`).text : '';
	return { name, path, text, sha256: hash('sha256', `${text}\0${flywayConfig}`), repeatable, flywayConfig };
}
