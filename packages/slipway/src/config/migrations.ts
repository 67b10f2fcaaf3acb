import { resolve } from 'node:path';
import type { CommandMigrations, Migrations, SqlMigrations } from './config.ts';
import { isObject, type Kind, oneOf, type Shape, string, stringOrStrings, strings } from './shape.ts';

const sqlShape: Shape<SqlMigrations> = { sql: stringOrStrings, cwd: string };
const commandShape: Shape<CommandMigrations> = {
	command: string,
	inputs: strings("['db/migrations']"),
	as: oneOf(['migrator', 'admin']),
	cwd: string,
};

export const migrationsKind: Kind = {
	name: 'a folder, false, { sql: … } or { command: …, inputs: … }',
	fits: (value) => value === false || string.fits(value) || (isObject(value) && isSqlOrCommand(value)),
	shape: (value) => ('sql' in value ? sqlShape : commandShape),
};

const isSqlOrCommand = (value: object) => 'sql' in value || ('command' in value && 'inputs' in value);

/** `migrations` with absolute paths, so that it means the same in any folder. */
export function resolveMigrations(root: string, migrations: Migrations): Migrations {
	if (typeof migrations === 'string') return resolve(root, migrations);
	return { ...migrations, cwd: resolve(root, migrations.cwd ?? '.') };
}
