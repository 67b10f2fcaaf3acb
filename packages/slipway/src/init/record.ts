import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../errors.ts';
import { createIgnoredFolder, writeAtomically } from '../files.ts';

/** What init has written to a file. */
export interface RecordedChange {
	readonly path: string;
	/** Of the text that was written. */
	readonly sha256: string;
	/** The text before an edit. Undefined for a file that init created. */
	readonly before?: string;
	/** The folders that were created for it, outermost first. */
	readonly folders: readonly string[];
}

const recordFile = (root: string) => join(root, '.slipway/init.json');

export const hashOfText = (text: string): string => hash('sha256', text);

/** What earlier runs have written; nothing if there were none. Throws `init-record-unreadable`. */
export function readRecord(root: string): readonly RecordedChange[] {
	const file = recordFile(root);
	if (!existsSync(file)) return [];
	try {
		return (JSON.parse(readFileSync(file, 'utf8')) as { readonly changes: readonly RecordedChange[] })
			.changes;
	} catch (cause) {
		throw new SlipwayError(
			'init-record-unreadable',
			`${file}, the record of what init has written, cannot be read`,
			'Restore the file, or remove it and the files that init has written by hand.',
			{ cause },
		);
	}
}

/** The folder is not for git: it also has the data of the dev server. */
export function writeRecord(root: string, changes: readonly RecordedChange[]): void {
	const file = recordFile(root);
	createIgnoredFolder(dirname(file));
	writeAtomically(file, `${JSON.stringify({ changes }, undefined, '\t')}\n`);
}

export function removeRecord(root: string): void {
	const folder = dirname(recordFile(root));
	rmSync(recordFile(root), { force: true });
	if (existsSync(folder) && readdirSync(folder).every((name) => name === '.gitignore'))
		rmSync(folder, { recursive: true });
}
