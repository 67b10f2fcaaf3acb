import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createIgnoredFolder } from '../../files.ts';
import { takeLock } from '../file-lock.ts';
import { unpackCluster } from './archive.ts';
import { readCluster } from './cluster.ts';
import { removeUnused, useLock } from './in-use.ts';
import type { Programs } from './programs.ts';
import { guardPath } from './removal-guard.ts';
import { freshState, recordState } from './unpacked-state.ts';

/**
 * Where the archives of `folder` are unpacked, for servers that mount them. It is another folder so that CI
 * caches only the archives: unpacking one again is as fast as restoring it.
 */
export const unpackedIn = (folder: string) => `${folder}-unpacked`;

/** The folder of an unpacked archive. It contains a cluster, which servers only read. */
export const unpackedOf = (archive: string) => join(unpackedIn(dirname(archive)), basename(archive, '.tar'));

/**
 * Unpacks `archive` if that has not been done, or not from this archive. One process does it while others wait.
 * `mounts`: whether this system can mount it.
 */
export async function ensureUnpacked(archive: string, programs: Programs, mounts: boolean): Promise<void> {
	const folder = unpackedOf(archive);
	const parent = dirname(folder);
	createIgnoredFolder(parent);
	await using _lock = await takeLock(join(parent, 'locks'), basename(folder));
	if (freshState(folder, archive) !== undefined) return;
	discardUnpacked(folder);
	const unfinished = withSuffix(folder);
	using _guard = guardPath(unfinished);
	createFolder(unfinished);
	await unpackCluster(archive, unfinished, programs);
	readCluster(unfinished); // throws if a part is missing
	writeFileSync(join(unfinished, useLock), '');
	await recordState(unfinished, archive, mounts);
	renameSync(unfinished, folder);
}

/** A server that uses it keeps it, under another name. */
export function discardUnpacked(folder: string): void {
	if (!existsSync(folder)) return;
	const discarded = withSuffix(folder);
	renameSync(folder, discarded);
	removeUnused(discarded);
}

const withSuffix = (folder: string) => `${folder}.${randomBytes(4).toString('hex')}.unfinished`;

/** Its group is this process's also if the parent passes on another: a user namespace has only the former. */
function createFolder(folder: string): void {
	mkdirSync(folder);
	chownSync(folder, process.getuid?.() ?? -1, process.getgid?.() ?? -1);
	chmodSync(folder, 0o700);
}
