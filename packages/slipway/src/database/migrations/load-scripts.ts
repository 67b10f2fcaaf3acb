import { isProgram } from './file-name.ts';
import type { MigrationFile } from './files.ts';
import { loadPrograms, type Program, type ProgramPart } from './program.ts';
import { type MigrationScript, parseScripts, type ScriptPart } from './script.ts';

/**
 * Parses the files of SQL among `files`, and loads the others. `all`: all migrations in the folder, in order.
 * Throws `invalid-migrations`, with nothing run.
 */
export async function loadScripts(
	files: readonly MigrationFile[],
	all: readonly MigrationFile[],
): Promise<readonly MigrationScript[]> {
	const scripts = new Map(parseScripts(files.filter(isSql)).map((script) => [script.file.name, script]));
	if (scripts.size === files.length) return [...scripts.values()];
	const programs = await loadPrograms(all.filter((file) => !isSql(file)));
	return files.flatMap((file) => {
		const program = programs.get(file.name);
		return (program === undefined ? scripts.get(file.name) : toScript(file, program)) ?? [];
	});
}

export const isSql = ({ path }: MigrationFile) => !isProgram(path);

function toScript(file: MigrationFile, { up, down }: Program): MigrationScript {
	return { file, up: toPart(file, 'up', up), down: down && toPart(file, 'down', down) };
}

function toPart(file: MigrationFile, direction: ScriptPart['direction'], program: ProgramPart): ScriptPart {
	return { file, direction, program, start: 0, statements: [], inTransaction: true };
}
