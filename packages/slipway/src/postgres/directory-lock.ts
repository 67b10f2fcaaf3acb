import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, SlipwayError } from '../errors.ts';
import { writeAtomically } from '../files.ts';
import { currentProcess, type ProcessIdentity, type ProcessState, stateOf } from './process-identity.ts';

export interface LockHolder extends ProcessIdentity {
	/** The command line's first words, for the message to whoever comes second. */
	readonly command: string;
	readonly since: string;
}

/**
 * Makes this process the only user of `directory` until the claim is disposed of or the process ends, however it
 * ends. Throws `directory-in-use`, naming who has it.
 *
 * Each claimant puts down a file of its own and looks for others only then, so that of two who come at once at
 * least one sees the other; who does takes its file back and tries again.
 */
export async function lockDirectory(directory: string, command: string): Promise<Disposable> {
	const claims = join(directory, 'claims');
	mkdirSync(claims, { recursive: true });
	const own = `${process.pid}-${randomInt(2 ** 32).toString(16)}.json`;
	const release = () => rmSync(join(claims, own), { force: true });
	for (let attempt = 1; ; attempt++) {
		writeClaim(join(claims, own), command);
		const other = findOther(claims, own);
		if (other === undefined) return { [Symbol.dispose]: release };
		release();
		if (attempt === 5) throw inUse(directory, other);
		await sleep(randomInt(10, 60));
	}
}

/** The same for a directory that this process has just made, and nobody else knows. It ends with the process. */
export function lockNewDirectory(directory: string, command: string): void {
	const claims = join(directory, 'claims');
	mkdirSync(claims);
	writeClaim(join(claims, `${process.pid}.json`), command);
}

/** Who has claimed `directory`; undefined when nobody that lives has. */
export function holderOf(directory: string): LockHolder | undefined {
	return findOther(join(directory, 'claims'), '')?.claimant;
}

/** Whether anybody has, who may be dead. */
export function wasLocked(directory: string): boolean {
	return filesIn(join(directory, 'claims')).length > 0;
}

/** When a process last claimed `directory` or released it, in milliseconds since 1970; 0 when none ever has. */
export function lastUseOf(directory: string): number {
	return statSync(join(directory, 'claims'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Throws `directory-in-use`, naming who has it, when somebody has claimed `directory`. */
export function checkUnlocked(directory: string): void {
	const other = findOther(join(directory, 'claims'), '');
	if (other !== undefined) throw inUse(directory, other);
}

function writeClaim(file: string, command: string): void {
	const claimant: LockHolder = { ...currentProcess(), command, since: new Date().toISOString() };
	// Others must be able to read it, and it must be whole: what cannot be read is taken for a dead process's.
	const unfinished = join(dirname(dirname(file)), `${basename(file)}.unfinished`);
	writeAtomically(file, JSON.stringify(claimant), { unfinished, mode: 0o644 });
}

interface Other {
	readonly file: string;
	readonly claimant: LockHolder;
	readonly state: ProcessState;
}

/** Another living claim; those of the dead are removed on the way. */
function findOther(claims: string, own: string): Other | undefined {
	for (const file of filesIn(claims)) {
		if (file === own) continue;
		const claimant = readClaim(join(claims, file));
		if (claimant === undefined) continue;
		const state = stateOf(claimant);
		if (state !== 'dead') return { file: join(claims, file), claimant, state };
		rmSync(join(claims, file), { force: true });
	}
	return undefined;
}

/** None of a folder that is not there, or not there any more. */
function filesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return [];
		throw error;
	}
}

/** Undefined for a file that went away or was cut short by a crash of the machine. */
function readClaim(file: string): LockHolder | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
	} catch {
		return undefined;
	}
}

function inUse(directory: string, { file, claimant, state }: Other): SlipwayError {
	const { command, pid, machine, since } = claimant;
	if (state === 'alive')
		return new SlipwayError(
			'directory-in-use',
			`${directory} is in use by ${command} (process ${pid}, since ${since})`,
			`Use that one, or stop it first: kill ${pid}`,
		);
	return new SlipwayError(
		'directory-in-use',
		`${directory} is in use by ${command} in another container or on another machine (process ${pid} on ${machine}, since ${since})`,
		`Stop it there. If it no longer exists, remove ${file}`,
	);
}
