import { closeSync, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Makes the data directory of a stopped server smaller to copy. Removes what PostgreSQL recreates when it
 * needs it: free space maps, visibility maps, caches, and WAL files that are not in use yet.
 */
export function pruneData(data: string): void {
	for (const file of readdirSync(data, { recursive: true, encoding: 'utf8' }))
		if (/(?:_fsm|_vm|pg_internal\.init)$/.test(file)) rmSync(join(data, file));
	const wal = join(data, 'pg_wal');
	for (const file of readdirSync(wal).filter((name) => /^[0-9A-F]{24}$/.test(name)))
		if (!isWritten(join(wal, file))) rmSync(join(wal, file));
}

/**
 * Whether PostgreSQL has written to this WAL file: then its first page has the WAL address that its name
 * stands for. A file for later use is empty, or an old one that was renamed. Their number does not help,
 * because settings may make PostgreSQL keep more.
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
