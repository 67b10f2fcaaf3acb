import type { ProjectFolder } from '../project-folder.ts';

/** What to write as `migrations` in the configuration: a folder in node-pg-migrate's format, SQL files, or a command. */
export type MigrationsValue =
	| string
	| { readonly sql: string; readonly cwd?: string }
	| { readonly command: string; readonly inputs: readonly string[]; readonly cwd?: string };

/** The migrations of a project, and the tool that they are written for. */
export interface DetectedMigrations {
	readonly tool: string;
	readonly migrations: MigrationsValue;
}

/** Finds one tool's migrations. */
export type MigrationTool = (folder: ProjectFolder) => DetectedMigrations | undefined;

/** `migrations: { sql: 'db/*.sql' }` */
export function migrationsLine(value: MigrationsValue): string {
	return `migrations: ${print(value)}`;
}

function print(value: MigrationsValue | readonly string[]): string {
	if (typeof value === 'string') return quote(value);
	if (isList(value)) return `[${value.map(quote).join(', ')}]`;
	const fields = Object.entries(value).map(
		([key, field]: [string, string | readonly string[]]) => `${key}: ${print(field)}`,
	);
	return `{ ${fields.join(', ')} }`;
}

const isList = (value: object): value is readonly string[] => Array.isArray(value);

/** A string of TypeScript. */
export const quote = (text: string): string =>
	text.includes("'") && !text.includes('"')
		? JSON.stringify(text)
		: `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
