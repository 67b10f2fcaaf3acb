import { join } from 'node:path';
import { folderOf, nameOf, type ProjectFolder } from '../project-folder.ts';
import { stringOf } from '../source-text.ts';
import type { MigrationTool } from './tool.ts';

const configs = ['ts', 'mts', 'js', 'mjs', 'cjs'].map((extension) => `prisma.config.${extension}`);

/** Prisma's migrations are SQL. Its own command downloads an engine, so that it is the last resort. */
export const prisma: MigrationTool = (folder) => {
	const config = folder.first([
		...configs,
		...configs.map((name) => `.config/${name.replace('.config', '')}`),
	]);
	const text = config === undefined ? '' : (folder.text(config) ?? '');
	const schema = schemaOf(folder, text);
	if (schema === undefined) return undefined;
	const folders = [
		stringOf(/migrations\s*:\s*\{[^}]*\}/.exec(text)?.[0] ?? '', 'path'),
		...foldersBeside(schema),
	];
	const found = folders.find((path) => path !== undefined && hasMigrations(folder, path));
	if (found !== undefined) return { tool: 'Prisma', migrations: { sql: `${join(found)}/*/migration.sql` } };
	return { tool: 'Prisma', migrations: { command: 'npx prisma db push', inputs: [schema] } };
};

/** The schema's file or folder, if it is for PostgreSQL. */
function schemaOf(folder: ProjectFolder, config: string): string | undefined {
	const named = stringOf(config, 'schema') ?? folder.manifest.prisma?.schema;
	const file = folder.files.find(
		(path) =>
			path.endsWith('.prisma') &&
			/datasource\s+\w+\s*\{[^}]*provider\s*=\s*"postgres(ql)?"/.test(folder.text(path) ?? ''),
	);
	if (file === undefined) return undefined;
	if (named !== undefined && folder.has(named)) return join(named);
	return /^schema\.prisma$/.test(nameOf(file)) && !/\/schema\//.test(file) ? file : folderOf(file);
}

/** Beside the schema's file; in or beside its folder. */
const foldersBeside = (schema: string) =>
	[`${folderOf(schema)}/migrations`, `${schema}/migrations`, 'prisma/migrations'].map((path) => join(path));

const hasMigrations = (folder: ProjectFolder, path: string) =>
	folder.names(path).some((name) => folder.has(`${path}/${name}/migration.sql`));
