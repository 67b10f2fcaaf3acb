import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

/** A folder of the running test's own with these files, by their paths. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
	const root = temporaryDirectory();
	for (const [name, text] of Object.entries(files)) writeFileIn(root, name, text);
	return root;
}

export function writeFileIn(root: string, name: string, text: string | Buffer): void {
	mkdirSync(dirname(join(root, name)), { recursive: true });
	writeFileSync(join(root, name), text);
}
