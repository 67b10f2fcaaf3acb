import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, SlipwayError } from '../errors.ts';
import { writeAtomically } from '../files.ts';
import { currentProcess, type ProcessIdentity, type ProcessState, stateOf } from './process-identity.ts';

export interface LockHolder extends ProcessIdentity {
	/** The command that holds the lock, for the error of another process. */
	readonly command: string;
	readonly since: string;
}

/**
 * Makes this process the only user of `directory` until the lock is disposed of or the process ends, in any
 * way. Throws `directory-in-use`, naming the holder.
 *
 * Each process writes its own lock file first and only then looks for others, so that of two processes at the
 * same time at least one sees the other. A process that sees another removes its file and tries again.
 */
export async function lockDirectory(directory: string, command: string): Promise<Disposable> {
	const locks = locksIn(directory);
	mkdirSync(locks, { recursive: true });
	const own = `${process.pid}-${randomInt(2 ** 32).toString(16)}.json`;
	const release = () => rmSync(join(locks, own), { force: true });
	for (let attempt = 1; ; attempt++) {
		writeLock(join(locks, own), command);
		const other = findOther(locks, own);
		if (other === undefined) return { [Symbol.dispose]: release };
		release();
		if (attempt === 5) throw inUse(directory, other);
		await sleep(randomInt(10, 60));
	}
}

/**
 * Locks a directory that this process has just created, and that no other process knows. The lock ends with
 * the process.
 */
export function lockNewDirectory(directory: string, command: string): void {
	const locks = locksIn(directory);
	mkdirSync(locks);
	writeLock(join(locks, `${process.pid}.json`), command);
}

/** The living process that has locked `directory`, if any. */
export function holderOf(directory: string): LockHolder | undefined {
	return findOther(locksIn(directory), '')?.holder;
}

/** Whether a living process has locked it. Unlike `holderOf`, leaves the locks of dead ones where they are. */
export function isLocked(directory: string): boolean {
	const locks = locksIn(directory);
	const holders = filesIn(locks).map((file) => readLock(join(locks, file)));
	return holders.some((holder) => holder !== undefined && stateOf(holder) !== 'dead');
}

/** Whether any process has locked it, alive or dead. */
export function wasLocked(directory: string): boolean {
	return filesIn(locksIn(directory)).length > 0;
}

/** When a process last locked or released `directory`, in milliseconds since 1970; 0 if none ever has. */
export function lastUseOf(directory: string): number {
	return statSync(locksIn(directory), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Throws `directory-in-use`, naming the holder, if a living process has locked `directory`. */
export function checkUnlocked(directory: string): void {
	const other = findOther(locksIn(directory), '');
	if (other !== undefined) throw inUse(directory, other);
}

function writeLock(file: string, command: string): void {
	const holder: LockHolder = { ...currentProcess(), command, since: new Date().toISOString() };
	// Other users must be able to read it, and it must be complete: a file that cannot be read does not count
	// as a lock.
	const unfinished = join(dirname(dirname(file)), `${basename(file)}.unfinished`);
	writeAtomically(file, JSON.stringify(holder), { unfinished, mode: 0o644 });
}

interface Other {
	readonly file: string;
	readonly holder: LockHolder;
	readonly state: ProcessState;
}

/** The lock of another process that may be alive. Removes the locks of dead ones. */
function findOther(locks: string, own: string): Other | undefined {
	for (const file of filesIn(locks)) {
		if (file === own) continue;
		const holder = readLock(join(locks, file));
		if (holder === undefined) continue;
		const state = stateOf(holder);
		if (state !== 'dead') return { file: join(locks, file), holder, state };
		rmSync(join(locks, file), { force: true });
	}
	return undefined;
}

/** Empty if the folder does not exist, or no longer does. */
function filesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return [];
		throw error;
	}
}

/** Undefined for a file that was removed, or truncated by a crash of the machine. */
function readLock(file: string): LockHolder | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
	} catch {
		return undefined;
	}
}

function inUse(directory: string, { file, holder, state }: Other): SlipwayError {
	const { command, pid, machine, since } = holder;
	if (state === 'alive')
		return new SlipwayError(
			'directory-in-use',
			`${directory} is in use by ${command} (process ${pid}, since ${since})`,
			`Use its server, or stop it first: kill ${pid}`,
		);
	return new SlipwayError(
		'directory-in-use',
		`${directory} is in use by ${command} in another container or on another machine (process ${pid} on ${machine}, since ${since})`,
		`Stop it there. If it no longer exists, remove ${file}`,
	);
}

/** Earlier versions look for this name. */
const locksIn = (directory: string) => join(directory, 'claims');
