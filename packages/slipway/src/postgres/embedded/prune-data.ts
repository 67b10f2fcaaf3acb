import { closeSync, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Removes from the data directory of a server that was shut down what it can do without, so that there is less to copy: maps
 * of free space and visible pages and caches, which come back by themselves, and the log's files for what is to come.
 */
export function pruneData(data: string): void {
	for (const file of readdirSync(data, { recursive: true, encoding: 'utf8' }))
		if (/(?:_fsm|_vm|pg_internal\.init)$/.test(file)) rmSync(join(data, file));
	const log = join(data, 'pg_wal');
	for (const file of readdirSync(log).filter((name) => /^[0-9A-F]{24}$/.test(name)))
		if (!isWritten(join(log, file))) rmSync(join(log, file));
}

/**
 * Whether the log has come to this file: then its first page has the address in the log that its name stands for. A file
 * for what is to come is empty, or an old one with a new name. How many are old ones, which a setting may have kept,
 * tells nothing of that.
 */
function isWritten(path: string): boolean {
	const header = Buffer.alloc(16);
	const file = openSync(path, 'r');
	try {
		readSync(file, header);
		return header.readBigUInt64LE(8) === addressOf(basename(path), fstatSync(file).size);
	} finally {
		closeSync(file);
	}
}

/** A name is the timeline, the upper half of the address, and the number of the file below that. */
function addressOf(name: string, size: number): bigint {
	const [upper, number] = [name.slice(8, 16), name.slice(16)].map((digits) => BigInt(`0x${digits}`));
	return ((upper ?? 0n) << 32n) + (number ?? 0n) * BigInt(size);
}
