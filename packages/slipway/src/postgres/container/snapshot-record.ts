import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../../errors.ts';
import { writeAtomically } from '../../files.ts';
import { explainFileError, removeFile } from '../file-errors.ts';
import { noteUse } from '../snapshots/index.ts';

/** The file in a snapshot folder about a snapshot whose image is on the engine. */
export interface SnapshotRecord {
	readonly image: string;
	/** That of the server it was created from, and so of the servers that start from it. */
	readonly superuserPassword: string;
	/** How much larger the image is than the one that it was created from. */
	readonly bytes: number;
	/** The length of the chain of snapshots that it was created from, itself included. */
	readonly generation: number;
}

export interface FoundRecord extends SnapshotRecord {
	readonly key: string;
	/** Milliseconds since it was used or written. */
	readonly idle: number;
	readonly size: number;
}

const ending = '.image.json';
const fileOf = (folder: string, key: string) => join(folder, `${key}${ending}`);

/** Undefined if there is none, or an incomplete one. */
export function readRecord(folder: string, key: string): SnapshotRecord | undefined {
	try {
		return JSON.parse(readFileSync(fileOf(folder, key), 'utf8')) as SnapshotRecord;
	} catch (error) {
		if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
		throw error;
	}
}

/** The caller has the key's lock. */
export function writeRecord(folder: string, key: string, record: SnapshotRecord): void {
	try {
		writeAtomically(fileOf(folder, key), JSON.stringify(record), { flush: true });
	} catch (error) {
		throw explainFileError(error, folder);
	}
}

export function noteUseOf(folder: string, key: string): void {
	noteUse(fileOf(folder, key));
}

export function removeRecord(folder: string, key: string): void {
	removeFile(fileOf(folder, key));
}

export function listRecords(folder: string): FoundRecord[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith(ending))
		.flatMap((name) => {
			const key = name.slice(0, -ending.length);
			const record = readRecord(folder, key);
			const time = statSync(fileOf(folder, key), { throwIfNoEntry: false })?.mtimeMs;
			if (record === undefined || time === undefined) return [];
			return [{ ...record, key, idle: Date.now() - time, size: record.bytes }];
		});
}
