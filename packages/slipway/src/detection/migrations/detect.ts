import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { openFolder, type ProjectFolder } from '../project-folder.ts';
import { packagesOf, workspaceOf } from '../workspace.ts';
import { drizzle } from './drizzle.ts';
import { graphileMigrate } from './graphile-migrate.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { atlas, sqlMigrations, sqlSchema, supabase } from './plain-sql.ts';
import { prisma } from './prisma.ts';
import { programTools } from './programs.ts';
import { formOf, sqlTools } from './sql-folders.ts';
import { type DetectedMigrations, type MigrationTool, migrationsLine } from './tool.ts';
import { withVariables } from './variables.ts';

/** All tools, those with a configuration first: what looks like plain SQL may be a part of theirs. */
const tools: readonly MigrationTool[] = [
	drizzle,
	prisma,
	nodePgMigrate,
	graphileMigrate,
	...programTools,
	atlas,
	supabase,
	sqlTools,
	sqlMigrations,
];

/** The migrations in a project's folder or, if it has none, in another package of its workspace. */
export function detectMigrations(folder: ProjectFolder, workspace?: string): DetectedMigrations | undefined {
	return ofTools(folder) ?? inPackages(folder, workspace) ?? sqlSchema(folder);
}

function inPackages(folder: ProjectFolder, workspace: string | undefined): DetectedMigrations | undefined {
	const top = workspace ?? folder.root;
	for (const root of packagesOf(top).filter((each) => each !== folder.root)) {
		const found = ofTools(openFolder(root, top));
		if (found !== undefined) return from(relative(folder.root, root), found);
	}
	return undefined;
}

function ofTools(folder: ProjectFolder): DetectedMigrations | undefined {
	for (const tool of tools) {
		const found = tool(folder);
		if (found !== undefined) return withVariables(folder, found);
	}
	return undefined;
}

function from(cwd: string, { tool, migrations }: DetectedMigrations): DetectedMigrations {
	return {
		tool,
		migrations: typeof migrations === 'string' ? `${cwd}/${migrations}` : { ...migrations, cwd },
	};
}

/** Files of this name are what `slipway migrate diff` compares, and need not be migrations. */
const isModel = ({ migrations }: DetectedMigrations) =>
	typeof migrations !== 'string' && 'sql' in migrations && /^src\/(.*\/)?schema\.sql$/.test(migrations.sql);

export interface SuggestedMigrations {
	readonly tool: string;
	/** The line for the configuration: `migrations: { sql: 'drizzle/*.sql' }`. */
	readonly line: string;
}

/** The migrations of the project in `root`, whatever tool they are for. */
export function suggestMigrations(root: string): SuggestedMigrations | undefined {
	const workspace = workspaceOf(root);
	const found = detectMigrations(openFolder(root, workspace), workspace);
	if (found !== undefined && isModel(found)) return undefined;
	return found && { tool: found.tool, line: migrationsLine(found.migrations) };
}

/**
 * What to write for a folder whose files are not in node-pg-migrate's format: the suggestion for its project, if that is
 * about this folder, or else its SQL files by pattern.
 */
export function suggestForFolder(directory: string): SuggestedMigrations | undefined {
	const root = projectAbove(resolve(directory));
	const folder = openFolder(root);
	const path = relative(root, directory) || '.';
	const found = ofTools(folder);
	if (found !== undefined && isAbout(found, path))
		return found.tool === 'node-pg-migrate'
			? undefined
			: { tool: found.tool, line: migrationsLine(found.migrations) };
	const form = formOf(folder, path) ?? anySql(folder, path);
	return form && { tool: form.tool, line: migrationsLine(form.migrations) };
}

/** What to write for a folder that does not exist: the migrations that its project has elsewhere. */
export const suggestInsteadOf = (directory: string): SuggestedMigrations | undefined =>
	suggestMigrations(projectAbove(dirname(resolve(directory))));

/** The closest folder with a package.json, or the one above. */
function projectAbove(directory: string): string {
	for (let folder = directory; folder !== dirname(folder); folder = dirname(folder))
		if (existsSync(join(folder, 'package.json'))) return folder;
	return dirname(directory);
}

function isAbout({ migrations }: DetectedMigrations, path: string): boolean {
	if (typeof migrations === 'string') return migrations === path;
	const patterns = 'sql' in migrations ? [migrations.sql] : migrations.inputs;
	return patterns.some((each) => each === path || dirname(each) === path || dirname(dirname(each)) === path);
}

function anySql(folder: ProjectFolder, path: string): DetectedMigrations | undefined {
	const names = folder.names(path);
	if (names.some((name) => name.endsWith('.sql')))
		return { tool: 'plain SQL', migrations: { sql: join(path, '*.sql') } };
	const inner = ['migration.sql', 'up.sql'].find((file) =>
		names.some((name) => folder.has(join(path, name, file))),
	);
	return inner === undefined ? undefined : { tool: 'plain SQL', migrations: { sql: join(path, '*', inner) } };
}
