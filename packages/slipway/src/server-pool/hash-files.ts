import { createHash } from 'node:crypto';
import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Hashes the contents of these files, and of the files directly in these folders. Reads only those that changed. */
export function hashFiles(paths: readonly string[]): string {
	const hash = createHash('sha256');
	for (const file of paths.flatMap(filesAt)) hash.update(`${file}\0`).update(hashOf(file));
	return hash.digest('hex');
}

/** Nothing for a missing path: starting a server with it reports that. */
function filesAt(path: string): string[] {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) return [];
	if (!found.isDirectory()) return [path];
	return readdirSync(path, { withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ name }) => join(path, name))
		.sort();
}

interface Known {
	readonly identity: string;
	readonly hash: Buffer;
}

const known = new Map<string, Known>();

/** In milliseconds. Clocks of file systems tick more often than this. */
const tick = 2_000;

function hashOf(file: string): Buffer {
	const stats = statSync(file, { bigint: true });
	const identity = identityOf(stats);
	const before = known.get(file);
	if (before?.identity === identity) return before.hash;
	// A later change within the same tick of the clock would not show.
	const isSettled = Date.now() - Number(stats.ctimeMs) > tick;
	const hash = createHash('sha256').update(readFileSync(file)).digest();
	if (isSettled) known.set(file, { identity, hash });
	return hash;
}

/** Every change of a file changes its `ctime`, which no program can set. */
const identityOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats) =>
	[dev, ino, size, mtimeNs, ctimeNs].join();
