import { join } from 'node:path';
import { composeFile } from '../compose-file.ts';
import { folderOf, nameOf, type ProjectFolder } from '../project-folder.ts';
import { sqlFoldersOf } from './sql-folders.ts';
import type { MigrationTool } from './tool.ts';

const createsSomething =
	/\bCREATE\s+(OR\s+REPLACE\s+)?(UNLOGGED\s+)?(TABLE|SCHEMA|TYPE|VIEW|FUNCTION|DOMAIN)\b/i;

/** Supabase's migrations, which its command line writes. */
export const supabase: MigrationTool = ({ names }) =>
	names('supabase/migrations').some((name) => name.endsWith('.sql'))
		? { tool: 'Supabase', migrations: { sql: 'supabase/migrations/*.sql' } }
		: undefined;

/** Atlas keeps a file with hashes beside its migrations. */
export const atlas: MigrationTool = ({ files }) => {
	const sums = files.find((path) => nameOf(path) === 'atlas.sum');
	if (sums === undefined) return undefined;
	return { tool: 'Atlas', migrations: { sql: `${folderOf(sums)}/*.sql` } };
};

/** SQL files that no tool claims, in a folder for migrations. */
export const sqlMigrations: MigrationTool = (folder) =>
	plain(migrationFiles(folder) ?? migrationFolders(folder));

/** SQL that Compose runs at first start, or a schema. */
export const sqlSchema: MigrationTool = (folder) => plain(initFiles(folder) ?? schemaFile(folder));

const plain = (sql: string | undefined) =>
	sql === undefined ? undefined : { tool: 'plain SQL', migrations: { sql } };

function migrationFiles(folder: ProjectFolder): string | undefined {
	const path = sqlFoldersOf(folder).find((each) => /^migrations?$/i.test(nameOf(each)));
	return path && creates(folder, path) ? `${path}/*.sql` : undefined;
}

/** A folder for each migration, as Diesel and Prisma have. */
function migrationFolders({ files }: ProjectFolder): string | undefined {
	const inner = /^((?:.*\/)?migrations?)\/[^/]+\/(up|migration)\.sql$/i;
	const [, path, name] = files.map((file) => inner.exec(file)).find(Boolean) ?? [];
	return path === undefined ? undefined : `${path}/*/${name}.sql`;
}

/** What Compose mounts for PostgreSQL's image to run in an empty volume. */
function initFiles(folder: ProjectFolder): string | undefined {
	const file = composeFile(folder);
	const mounted = /-\s*['"]?([^\s:'"]+):\/docker-entrypoint-initdb\.d([^\s:'"]*)/.exec(file?.text ?? '')?.[1];
	if (file === undefined || mounted === undefined) return undefined;
	const path = join(folderOf(file.path), mounted);
	if (path.endsWith('.sql')) return folder.has(path) ? path : undefined;
	return creates(folder, path) ? `${path}/*.sql` : undefined;
}

/** `schema.sql` and its like; or else a folder with SQL that creates tables. */
function schemaFile(folder: ProjectFolder): string | undefined {
	const files = folder.files.filter(
		(path) => path.endsWith('.sql') && !/test|fixture|seed|example/i.test(path),
	);
	const named = files.find(
		(path) =>
			/^(schema|init|database|db|structure|tables|setup)\.sql$/i.test(nameOf(path)) &&
			createsSomething.test(folder.text(path) ?? ''),
	);
	if (named !== undefined) return named;
	const found = files.find((path) => createsSomething.test(folder.text(path) ?? ''));
	if (found === undefined) return undefined;
	return folderOf(found) === '.' ? found : `${folderOf(found)}/*.sql`;
}

const creates = (folder: ProjectFolder, path: string) =>
	folder
		.names(path)
		.some((name) => name.endsWith('.sql') && createsSomething.test(folder.text(`${path}/${name}`) ?? ''));
