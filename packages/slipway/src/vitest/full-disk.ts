import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerTestCase } from 'vitest';
import { type Connection, withClient } from '../connection/index.ts';
import { appendHint, isPrinted } from '../denials/index.ts';
import { hasCode } from '../errors.ts';
import { isFull, temporaryFolder, temporaryFolders } from '../postgres/index.ts';

/** PostgreSQL's error code. */
const diskFull = '53100';

/**
 * If a failed test has filled the disk of its server, adds that to its errors. Returns whether it has: then its database
 * must not be kept, because later tests need the space.
 */
export function explainFullDisk({ result }: Readonly<RunnerTestCase>): boolean {
	const errors = (result?.errors ?? []).filter(isPrinted);
	const usual = temporaryFolder();
	if (!errors.some(isAboutFullDisk) && !(errors.length > 0 && isFull(usual))) return false;
	const folder = temporaryFolders().find(isFull) ?? usual;
	const hint =
		`Hint: PostgreSQL has no space left for its files in ${folder} (in a container: in its memory). ` +
		'Write less in the test, free some space there, or set TMPDIR to a folder on a larger disk.';
	for (const error of errors) appendHint(error, hint);
	return true;
}

/** Some clients and applications pass on only the message. */
const isAboutFullDisk = ({ message, code }: { readonly message: string; readonly code?: unknown }) =>
	code === diskFull || message.includes('No space left on device');

/**
 * Ends a server that has no space left: PostgreSQL cannot drop a database then, nor shut down. It may have crashed, and be
 * recovering.
 */
export async function endServer(admin: Connection): Promise<void> {
	const kill = `COPY (SELECT) TO PROGRAM 'kill -QUIT "$(head -n 1 postmaster.pid)"'`;
	for (let attempt = 0; attempt < 100; attempt++) {
		const error = await withClient(admin, (superuser) => superuser.unsafe(kill)).catch((each) => each);
		if (hasCode(error, 'server-refuses')) return;
		await sleep(50);
	}
}

/** Waits until the files of a server that has ended are removed, which another process does. */
export async function untilThereIsSpace(): Promise<void> {
	for (let attempt = 0; attempt < 3_000 && temporaryFolders().some(isFull); attempt++) await sleep(20);
}
