import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Removes from the data directory of a server that was shut down what it can do without, so that there is less to copy: maps
 * of free space and visible pages and caches, which come back by themselves, and the log's files for what is to come.
 */
export function trimData(data: string): void {
	for (const file of readdirSync(data, { recursive: true, encoding: 'utf8' }))
		if (/(?:_fsm|_vm|pg_internal\.init)$/.test(file)) rmSync(join(data, file));
	const log = readdirSync(join(data, 'pg_wal'))
		.filter((file) => /^[0-9A-F]{24}$/.test(file))
		.toSorted();
	// The first has the last checkpoint, which may reach into the second.
	for (const file of log.slice(2)) rmSync(join(data, 'pg_wal', file));
}
