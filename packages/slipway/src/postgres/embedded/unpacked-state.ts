import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterIn } from './cluster-folder.ts';
import { programEnvironment } from './environment.ts';
import { useLock } from './in-use.ts';
import type { Launch } from './user.ts';

const run = promisify(execFile);

/** What an unpacked snapshot was when it was complete. */
interface State {
	/** Identifies the archive that it was made from. */
	readonly archive: string;
	/** The hash of the names, sizes and change times of its files. */
	readonly files: string;
	/** Whether this system can mount it. */
	readonly mounts: boolean;
}

export async function recordState(folder: string, archive: string, mounts: boolean): Promise<void> {
	const state: State = { archive: identityOf(archive), files: await hashOfFiles(folder), mounts };
	writeFileSync(stateFile(folder), JSON.stringify(state));
}

/** Undefined unless it is there, complete, and was made from this archive. */
export function freshState(folder: string, archive: string): State | undefined {
	const state = existsSync(join(folder, useLock)) ? readState(folder) : undefined;
	return state?.archive === identityOf(archive) ? state : undefined;
}

/** Whether no file was changed, added or removed since. A change time cannot be set. */
export async function isIntact(folder: string): Promise<boolean> {
	return readState(folder)?.files === (await hashOfFiles(folder).catch(() => undefined));
}

/**
 * Whether a server that starts with `launch` can use the files in a mount: they must be its own, and an overlay in
 * a user namespace cannot rename a folder, as PostgreSQL does to drop a replication slot.
 */
export function isMountable(folder: string, { owner }: Launch): boolean {
	const data = join(clusterIn(folder), 'data');
	const found = statSync(data, { throwIfNoEntry: false });
	if (found === undefined) return true; // The mount will fail, and the files will be unpacked again.
	const [uid, gid] = owner === undefined ? [process.getuid?.(), process.getgid?.()] : [owner.uid, owner.gid];
	return found.uid === uid && found.gid === gid && isEmpty(join(data, 'pg_replslot'));
}

const isEmpty = (folder: string) => !existsSync(folder) || readdirSync(folder).length === 0;

/** Using an archive rounds its modification time. */
function identityOf(archive: string): string {
	const { ino, size, mtimeMs } = statSync(archive);
	return [ino, size, Math.round(mtimeMs)].join();
}

function readState(folder: string): State | undefined {
	try {
		return JSON.parse(readFileSync(stateFile(folder), 'utf8')) as State;
	} catch {
		return undefined;
	}
}

const stateFile = (folder: string) => join(folder, 'state.json');

/** A program finds a thousand files in 3 ms, in which this process can start the server. */
async function hashOfFiles(folder: string): Promise<string> {
	const args = [clusterIn(folder), '-printf', '%P %y %s %C@\\n'];
	const { stdout } = await run('find', args, { env: programEnvironment(), maxBuffer: Infinity });
	return createHash('sha256').update(stdout.split('\n').toSorted().join('\n')).digest('hex');
}
