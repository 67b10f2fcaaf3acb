import { folderOf, nameOf, type ProjectFolder } from '../project-folder.ts';
import type { DetectedMigrations, MigrationTool } from './tool.ts';

/** The tools whose migrations are SQL files of their own form, and how a folder of them looks. */
interface SqlForm {
	readonly tool: string;
	/** Matches a file's name. */
	readonly name?: RegExp;
	/** Matches a file's text. */
	readonly text?: RegExp;
	/** The pattern of the files to apply. */
	readonly files: string;
}

const forms: readonly SqlForm[] = [
	{ tool: 'dbmate', text: /^-- migrate:up\b/m, files: '*.sql' },
	{ tool: 'goose', text: /^-- \+goose Up\b/im, files: '*.sql' },
	{ tool: 'sql-migrate', text: /^-- \+migrate Up\b/im, files: '*.sql' },
	{ tool: 'graphile-migrate', text: /^--! (Previous|Hash):/m, files: '*.sql' },
	{ tool: 'Flyway', name: /^(V[\d._]+|R)__.+\.sql$/, files: '*.sql' },
	{ tool: 'Postgrator', name: /^\d+\.do\..*sql$/, files: '*.do.*sql' },
	{ tool: 'golang-migrate', name: /^\d+_.+\.up\.sql$/, files: '*.up.sql' },
];

/** Folders of SQL in the form of one of these tools. */
export const sqlTools: MigrationTool = (folder) => {
	for (const path of sqlFoldersOf(folder)) {
		const form = formOf(folder, path);
		if (form !== undefined) return form;
	}
	return undefined;
};

/** Which tool's migrations are in the folder `path`. */
export function formOf(folder: ProjectFolder, path: string): DetectedMigrations | undefined {
	const files = folder.names(path).filter((name) => name.endsWith('.sql'));
	const at = path === '.' ? '' : `${path}/`;
	const found = forms.find(({ name, text }) =>
		files.some((file) => name?.test(file) ?? text?.test(folder.text(`${at}${file}`) ?? '')),
	);
	return found && { tool: found.tool, migrations: { sql: `${at}${found.files}` } };
}

/** The folders with SQL files in them, those that are called migrations first. */
export function sqlFoldersOf(folder: ProjectFolder): string[] {
	const folders = new Set(folder.files.filter(isSql).map(folderOf));
	return [...folders].toSorted((a, b) => rank(a) - rank(b));
}

const isSql = (path: string) => path.endsWith('.sql');
const rank = (path: string) =>
	(/^migrations?$/i.test(nameOf(path)) ? 0 : 1) + (/test|fixture|example/i.test(path) ? 2 : 0);
