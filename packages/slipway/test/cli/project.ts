import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type RunningChild, startProcess, toolRoot } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

export const main = join(toolRoot, 'src/cli/main.ts');

/** A project with a table `note` that has one row, and nothing else but `files`. */
export function makeProject(files: Readonly<Record<string, string>> = {}, name = 'project'): string {
	const project = join(temporaryDirectory(), name);
	const all = {
		'package.json': '{ "name": "notes", "type": "module" }',
		'migrations/1_note.sql': `
			-- Up Migration
			CREATE TABLE note (text text);
			INSERT INTO note VALUES ('first');
			-- Down Migration
			DROP TABLE note;`,
		...files,
	};
	for (const [file, text] of Object.entries(all)) {
		mkdirSync(dirname(join(project, file)), { recursive: true });
		writeFileSync(join(project, file), text);
	}
	return project;
}

export function startSlipway(
	project: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = {},
): RunningChild {
	const home = { XDG_STATE_HOME: join(project, '.state') };
	return startProcess(process.execPath, [main, ...args], { cwd: project, env: { ...home, ...env } });
}

export const slipway = (project: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
	startSlipway(project, args, env).finished;

/** A program for `node -e` that prints what `query` returns on the database of `DATABASE_URL`. */
export const printQuery = (query: string) => `
	const postgres = require(${JSON.stringify(join(toolRoot, '../../node_modules/postgres'))});
	const sql = postgres(process.env.DATABASE_URL);
	sql.unsafe(${JSON.stringify(query)}).then((rows) => { console.log(JSON.stringify(rows)); return sql.end(); });`;
