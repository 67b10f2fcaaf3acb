import { renameSync, rmSync, writeFileSync } from 'node:fs';

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
	writeFileSync(unfinished, text, { mode, flush, flag: 'wx' });
	renameSync(unfinished, file);
}
