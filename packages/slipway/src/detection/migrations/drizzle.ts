import { join } from 'node:path';
import { folderOf, type ProjectFolder } from '../project-folder.ts';
import { filesWith, isSource, stringOf, withoutComments } from '../source-text.ts';
import type { MigrationTool } from './tool.ts';

const extensions = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'];

/**
 * Drizzle's files are SQL. Its own command is used only where the program migrates when it starts, and so needs the ledger
 * of Drizzle.
 */
export const drizzle: MigrationTool = (folder) => {
	const config = folder.files.find(isPostgresConfig(folder));
	if (config === undefined) return undefined;
	const text = folder.text(config) ?? '';
	const out = join(stringOf(text, 'out') ?? 'drizzle');
	const option = config === 'drizzle.config.ts' ? '' : ` --config ${config}`;
	const files = filesIn(folder, out);
	const command = (name: string, input: string) => ({
		tool: 'Drizzle',
		migrations: { command: `npx drizzle-kit ${name}${option}`, inputs: [input, config] },
	});
	if (files === undefined) return command('push --force', schemaOf(text));
	if (migratesAtStart(folder)) return command('migrate', out);
	return { tool: 'Drizzle', migrations: { sql: files } };
};

const isPostgresConfig = (folder: ProjectFolder) => (path: string) => {
	if (!extensions.some((extension) => new RegExp(`(^|/)drizzle[\\w.-]*\\.config\\.${extension}$`).test(path)))
		return false;
	const text = withoutComments(folder.text(path) ?? '');
	const dialect = stringOf(text, 'dialect') ?? stringOf(text, 'driver') ?? 'postgresql';
	return ['postgresql', 'pg', 'pglite', 'aws-data-api'].includes(dialect);
};

/** Flat `0000_name.sql`, or since version 1 a folder for each. */
function filesIn(folder: ProjectFolder, out: string): string | undefined {
	const names = folder.names(out);
	if (names.some((name) => name.endsWith('.sql'))) return `${out}/*.sql`;
	return names.some((name) => folder.has(`${out}/${name}/migration.sql`))
		? `${out}/*/migration.sql`
		: undefined;
}

/** What is watched where there are no migrations yet: the folder of the schema. */
function schemaOf(text: string): string {
	const schema = join(stringOf(text, 'schema') ?? 'src');
	return /[*?]/.test(schema) ? folderOf(schema.slice(0, schema.search(/[*?]/)).concat('x')) : schema;
}

/** A script that only migrates is not the program: its file is named for it. */
const migratesAtStart = (folder: ProjectFolder) =>
	folder.depends('drizzle-kit') &&
	filesWith(
		folder,
		/from ['"]drizzle-orm\/[\w-]+\/migrator['"]/,
		(path) => isSource(path) && !/migrat/i.test(path),
	).length > 0;
