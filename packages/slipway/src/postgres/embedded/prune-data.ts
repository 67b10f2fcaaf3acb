import { closeSync, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The last checkpoint may begin at the end of the file before the last. */
const neededLogFiles = 2;

/**
 * Makes the data directory of a server that was shut down smaller to copy. Removes what PostgreSQL recreates when it
 * needs it, free space maps, visibility maps and caches, and WAL files that are not in use yet or no longer needed.
 */
export function pruneData(data: string): void {
	for (const file of readdirSync(data, { recursive: true, encoding: 'utf8' }))
		if (/(?:_fsm|_vm|pg_internal\.init)$/.test(file)) rmSync(join(data, file));
	const wal = join(data, 'pg_wal');
	const files = readdirSync(wal).filter((name) => /^[0-9A-F]{24}$/.test(name));
	const needed = files
		.filter((file) => isWritten(join(wal, file)))
		.toSorted()
		.slice(-neededLogFiles);
	for (const file of files) if (!needed.includes(file)) rmSync(join(wal, file));
}

/**
 * Whether PostgreSQL has written to this WAL file: then its first page has the WAL address that its name
 * stands for. A file for later use is empty, or an old one that was renamed.
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

/**
 * A name consists of the timeline, the upper half of the address, and the number of the file in the lower
 * half.
 */
function addressOf(name: string, size: number): bigint {
	const [upper, number] = [name.slice(8, 16), name.slice(16)].map((digits) => BigInt(`0x${digits}`));
	return ((upper ?? 0n) << 32n) + (number ?? 0n) * BigInt(size);
}
