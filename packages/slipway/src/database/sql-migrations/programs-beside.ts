import { basename, dirname } from 'node:path';
import { escapePath, glob } from 'tinyglobby';
import { SlipwayError } from '../../errors.ts';
import { nameSome } from '../migrations/name-some.ts';
import { comparePaths } from './natural-order.ts';

/** Files that are written in a programming language, such as Go's migrations of goose. */
export const isProgram = (name: string) => /\.([cm]?[jt]sx?|py|rb|go|php|sh|java|kts?|class)$/i.test(name);

const isNumbered = (name: string) => /^V?\d/.test(basename(name));

/**
 * Throws `invalid-migrations` if programs are numbered among the SQL files: these would fail, or not have the
 * tables of the tool. A pattern with a leading `!` in `ignore` allows them.
 */
export async function refuseProgramsBeside(
	root: string,
	files: readonly string[],
	ignore: readonly string[],
): Promise<void> {
	const folders = new Set(files.filter(isNumbered).map((file) => dirname(file)));
	const options = { cwd: root, ignore: [...ignore], expandDirectories: false };
	const found = await Promise.all(Array.from(folders, (folder) => glob(`${escapePath(folder)}/*`, options)));
	const programs = found
		.flat()
		.filter((name) => isProgram(name) && isNumbered(name) && !/\.d\.\w+$/.test(name));
	if (programs.length > 0)
		throw new SlipwayError(
			'invalid-migrations',
			`migrations among those of SQL would not run, because they are programs: ${nameSome(programs.toSorted(comparePaths))}`,
			'Let the tool that they are written for apply the migrations: { command: … , inputs: [ … ] }. If they are not needed, exclude them with a pattern such as "!**/*.go".',
		);
}
