import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfText, type RecordedChange, readRecord, removeRecord, writeRecord } from './record.ts';

export interface Undone {
	readonly removed: readonly string[];
	readonly restored: readonly string[];
	/** Files that were changed since, and stay. */
	readonly kept: readonly string[];
}

/** Takes back what init has written, except to files that were changed since. */
export function undoInit(root: string): Undone {
	const changes = readRecord(root);
	const present = changes.filter(({ path }) => existsSync(join(root, path)));
	const isUntouched = ({ path, sha256 }: RecordedChange) =>
		hashOfText(readFileSync(join(root, path), 'utf8')) === sha256;
	const [untouched, kept] = [present.filter(isUntouched), present.filter((change) => !isUntouched(change))];
	for (const change of untouched) takeBack(root, change);
	for (const folder of changes.flatMap(({ folders }) => folders).toReversed())
		removeIfEmpty(join(root, folder));
	if (kept.length > 0) writeRecord(root, kept);
	else removeRecord(root);
	const pathsOf = (list: readonly RecordedChange[]) => list.map(({ path }) => path);
	return {
		removed: pathsOf(untouched.filter(({ before }) => before === undefined)),
		restored: pathsOf(untouched.filter(({ before }) => before !== undefined)),
		kept: pathsOf(kept),
	};
}

function takeBack(root: string, { path, before }: RecordedChange): void {
	if (before === undefined) rmSync(join(root, path));
	else writeFileSync(join(root, path), before);
}

function removeIfEmpty(folder: string): void {
	if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
