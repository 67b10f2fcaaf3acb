import {
	appendFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

interface WriteOptions {
	/** Default: for this user only. */
	readonly mode?: number;
	/** Where the text goes until it is whole, on the same disk. */
	readonly unfinished?: string;
	/** Whether the text is on the disk before the file has its name. */
	readonly flush?: boolean;
}

/** Writes a file that appears under its name at once and whole, in place of the one that was there. */
export function writeAtomically(file: string, text: string, options: WriteOptions = {}): void {
	const { mode = 0o600, unfinished = `${file}.${process.pid}.unfinished`, flush = false } = options;
	// What a killed process of the same number left may have another mode.
	rmSync(unfinished, { force: true });
	try {
		writeFileSync(unfinished, text, { mode, flush, flag: 'wx' });
		renameSync(unfinished, file);
	} catch (error) {
		rmSync(unfinished, { force: true }); // A full disk leaves it empty.
		throw error;
	}
}

/** Creates `folder`, if it does not exist. git ignores it: nobody but Slipway puts files in there. */
export function createIgnoredFolder(folder: string, mode = 0o777): void {
	mkdirSync(folder, { recursive: true, mode });
	const ignore = join(folder, '.gitignore');
	if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

/**
 * Makes git ignore `file`, which need not exist yet, with what is written beside it under its name and a suffix. What
 * else is in its folder is left to git.
 */
export function ignoreFile(file: string): void {
	const folder = dirname(file);
	if (!existsSync(folder) || readdirSync(folder).length === 0) {
		createIgnoredFolder(folder, 0o700);
		return;
	}
	const ignore = join(folder, '.gitignore');
	const text = existsSync(ignore) ? readFileSync(ignore, 'utf8') : '';
	const lines = [`/${basename(file)}`, `/${basename(file)}.*`];
	const present = text.split(/\r?\n/);
	if (present.includes('*') || lines.every((line) => present.includes(line))) return;
	appendFileSync(ignore, `${text === '' || text.endsWith('\n') ? '' : '\n'}${lines.join('\n')}\n`);
}
