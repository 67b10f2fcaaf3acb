import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../files.ts';
import type { FileChange, Plan } from './plan.ts';
import { hashOfText, type RecordedChange, readRecord, writeRecord } from './record.ts';

/** Writes the plan. The record comes first, so that what a killed run has written can be taken back. */
export function writePlan(root: string, { changes }: Plan): void {
	const earlier = readRecord(root);
	const recorded = changes.map((change) => recordOf(root, change, earlier));
	const others = earlier.filter(({ path }) => !recorded.some((each) => each.path === path));
	writeRecord(root, [...others, ...recorded]);
	for (const { path, after } of changes) {
		const file = join(root, path);
		mkdirSync(dirname(file), { recursive: true });
		const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o644;
		writeAtomically(file, after, { mode });
	}
}

/** A file that is edited again goes back to what it was before the first edit. */
function recordOf(
	root: string,
	{ path, before, after }: FileChange,
	earlier: readonly RecordedChange[],
): RecordedChange {
	const known = earlier.find((each) => each.path === path && each.sha256 === hashOfText(before ?? ''));
	const original = known === undefined ? before : known.before;
	return {
		path,
		sha256: hashOfText(after),
		...(original !== undefined && { before: original }),
		folders: known?.folders ?? missingFolders(root, dirname(path)),
	};
}

function missingFolders(root: string, folder: string): string[] {
	if (folder === '.' || existsSync(join(root, folder))) return [];
	return [...missingFolders(root, dirname(folder)), folder];
}
