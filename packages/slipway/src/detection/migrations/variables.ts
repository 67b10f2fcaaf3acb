import type { ProjectFolder } from '../project-folder.ts';
import { variablesIn } from '../url-variables.ts';
import type { DetectedMigrations } from './tool.ts';

/** What stands for a variable's end, such as the HOST of DB_HOST. libpq's own names need nothing. */
const values: readonly (readonly [RegExp, string])[] = [
	[/(URL|URI|CONNECTION_STRING|DSN)$/, 'DATABASE_URL'],
	[/HOST(NAME)?$/, 'PGHOST'],
	[/PORT$/, 'PGPORT'],
	[/USER(NAME)?$/, 'PGUSER'],
	[/PASS(WORD)?$/, 'PGPASSWORD'],
	[/(NAME|DATABASE|_DB)$/, 'PGDATABASE'],
];

/** Gives a command the login under the names that its configuration reads, where those are not the usual ones. */
export function withVariables(folder: ProjectFolder, found: DetectedMigrations): DetectedMigrations {
	const { migrations } = found;
	if (typeof migrations === 'string' || !('command' in migrations)) return found;
	const names = migrations.inputs.flatMap((input) => variablesIn(folder.text(input) ?? ''));
	const isUsual = names.some((name) => name === 'DATABASE_URL' || /^PG[A-Z]+$/.test(name));
	const pairs = [...new Set(names)].flatMap((name) => [...kind(name), ...(isUsual ? [] : assignment(name))]);
	return { ...found, migrations: { ...migrations, command: [...pairs, migrations.command].join(' ') } };
}

/** Which kind of database it is, where the configuration leaves that to the environment. */
const kind = (name: string) =>
	/^(DATABASE|DB|TYPEORM)_(TYPE|DIALECT)$/.test(name) ? [`${name}=postgres`] : [];

/** `DB_HOST=$PGHOST`, for a shell. */
export function assignment(name: string): string[] {
	if (!/(^|_)(DATABASE|DB|POSTGRES|POSTGRESQL|PG|TYPEORM)(_|$)/.test(name)) return [];
	const value = values.find(([end]) => end.test(name))?.[1];
	return value === undefined ? [] : [`${name}=$${value}`];
}
