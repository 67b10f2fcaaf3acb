import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, SlipwayError } from '../../errors.ts';
import { isRunning } from '../process-identity.ts';

/** No system gives this number to a process: Linux ends at 2^22, macOS at 99,999. */
const noProcess = 99_999_999;
const memoryLine = 6;
const statusLine = 7;

/** Whether the server that listens on `port` with this data directory says that it takes connections. */
export function isReady(data: string, port: number): boolean {
	const lines = readLockFile(data);
	return lines?.[3] === String(port) && lines[statusLine]?.trim() === 'ready';
}

/** The port of the server that runs on `data` and takes connections; undefined when there is none. */
export function runningPort(data: string): number | undefined {
	const pid = postmasterPid(data);
	const port = Number(readLockFile(data)?.[3]);
	return pid !== undefined && isPostmaster(pid, data) && isReady(data, port) ? port : undefined;
}

/**
 * Makes sure that no server runs on `data`, for a caller that has claimed it: one that is still there lost its
 * supervisor, and is ended. What a dead one left is marked as such, because PostgreSQL would take any process that
 * has been given the old one's number for a living server, and because it still says "ready".
 */
export async function endOrphan(data: string): Promise<void> {
	const pid = postmasterPid(data);
	if (pid === undefined) return;
	for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
		if (await stopWith(signal, pid, data)) return markAsDead(data);
	}
	throw new SlipwayError(
		'orphan-server',
		'the server of a killed process does not stop',
		`Stop it: kill -9 ${pid}`,
	);
}

/** Sends the server a signal, if it is there. Resolves with whether it has gone. */
export async function stopWith(signal: NodeJS.Signals, pid: number, data: string): Promise<boolean> {
	if (!isPostmaster(pid, data)) return true;
	try {
		process.kill(pid, signal);
	} catch (error) {
		if (!hasCode(error, 'ESRCH')) throw error;
	}
	return await waitFor(() => !isPostmaster(pid, data), 2_000);
}

async function waitFor(condition: () => boolean, milliseconds: number): Promise<boolean> {
	const end = performance.now() + milliseconds;
	while (!condition()) {
		if (performance.now() > end) return false;
		await sleep(2);
	}
	return true;
}

/** The number in the server's lock file, whether or not there is such a process. */
export function postmasterPid(data: string): number | undefined {
	const pid = Number(readLockFile(data)?.[0]);
	return pid > 0 && pid !== noProcess ? pid : undefined;
}

/** Whether the process is the server of `data`, and not another one that was given its number. */
export function isPostmaster(pid: number, data: string): boolean {
	if (!isRunning(pid)) return false;
	return process.platform === 'linux' ? isServedBy(pid, data) : commandLine(pid).includes(`-D ${data} `);
}

/** By the argument of -D, which every user may read, unlike the working folder. */
function isServedBy(pid: number, data: string): boolean {
	try {
		const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
		return realpathSync(words[words.indexOf('-D') + 1] ?? '') === realpathSync(data);
	} catch {
		return false;
	}
}

function commandLine(pid: number): string {
	try {
		return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
	} catch {
		return '';
	}
}

/** The key, as ipcs writes it, and the number of the shared memory that the server's lock file names. */
export function sharedMemoryOf(data: string): { readonly key: string; readonly id: string } | undefined {
	const [, key, id] = /^ *(\d+) +(\d+)$/.exec(readLockFile(data)?.[memoryLine] ?? '') ?? [];
	if (key === undefined || id === undefined) return undefined;
	return { key: `0x${BigInt.asUintN(32, BigInt(key)).toString(16).padStart(8, '0')}`, id };
}

/** Keeps the line that names the shared memory, by which PostgreSQL finds server processes without a postmaster. */
function markAsDead(data: string): void {
	const lines = readLockFile(data);
	if (lines === undefined) return;
	lines[0] = String(noProcess);
	lines[statusLine] = 'stopped';
	writeFileSync(lockFile(data), lines.join('\n'));
}

function readLockFile(data: string): string[] | undefined {
	try {
		return readFileSync(lockFile(data), 'utf8').split('\n');
	} catch {
		return undefined;
	}
}

const lockFile = (data: string) => join(data, 'postmaster.pid');
