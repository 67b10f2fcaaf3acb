import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, SlipwayError } from '../../errors.ts';
import { isRunning } from '../process-identity.ts';

/** No process has this pid: the largest is 2^22 on Linux and 99,999 on macOS. */
const unusedPid = 99_999_999;
const memoryLine = 6;
const statusLine = 7;

/** Whether a server on this port and data directory reports that it accepts connections. */
export function isReady(data: string, port: number): boolean {
	const lines = readLockFile(data);
	return lines?.[3] === String(port) && lines[statusLine]?.trim() === 'ready';
}

/** The port of the server that runs on `data`; undefined if none accepts connections. */
export function runningPort(data: string): number | undefined {
	const pid = postmasterPid(data);
	const port = Number(readLockFile(data)?.[3]);
	return pid !== undefined && isPostmaster(pid, data) && isReady(data, port) ? port : undefined;
}

/**
 * Makes sure that no server runs on `data`. The caller has locked the directory, so a server that still runs
 * has lost its supervisor, and is stopped. The lock file of a dead server is marked as such: it still says
 * "ready", and PostgreSQL would take any process that has got the old pid since for the server.
 */
export async function endOrphan(data: string): Promise<void> {
	const pid = postmasterPid(data);
	if (pid === undefined) return;
	for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
		if (await stopWith(signal, pid, data)) return markAsDead(data);
	}
	throw new SlipwayError(
		'orphan-server',
		'the PostgreSQL server of a killed process does not stop',
		`Kill it: kill -9 ${pid}`,
	);
}

/**
 * Like `endOrphan`, for a server that may not have written its lock file yet. One that is still empty then was left by a
 * server that was killed at that moment, and PostgreSQL would not start beside it.
 */
export async function endStarting(data: string): Promise<void> {
	await sleep(100);
	if (statSync(lockFile(data), { throwIfNoEntry: false })?.size === 0)
		rmSync(lockFile(data), { force: true });
	await endOrphan(data);
}

/** Sends the signal to the server if it still runs. Resolves with whether it has exited. */
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

/** The pid in the server's lock file. The process may have exited. */
export function postmasterPid(data: string): number | undefined {
	const pid = Number(readLockFile(data)?.[0]);
	return pid > 0 && pid !== unusedPid ? pid : undefined;
}

/** Whether the process is the server of `data`, and not another program that got its pid since. */
export function isPostmaster(pid: number, data: string): boolean {
	if (!isRunning(pid)) return false;
	return process.platform === 'linux' ? isServedBy(pid, data) : commandLine(pid).includes(`-D ${data} `);
}

/** Compares the argument of -D: unlike a working directory, every user can read it. */
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

/** The key, as ipcs prints it, and the id of the shared memory segment in the server's lock file. */
export function sharedMemoryOf(data: string): { readonly key: string; readonly id: string } | undefined {
	const [, key, id] = /^ *(\d+) +(\d+)$/.exec(readLockFile(data)?.[memoryLine] ?? '') ?? [];
	if (key === undefined || id === undefined) return undefined;
	return { key: `0x${BigInt.asUintN(32, BigInt(key)).toString(16).padStart(8, '0')}`, id };
}

/**
 * Keeps the line about shared memory, which PostgreSQL uses to detect server processes that outlived the
 * postmaster.
 */
function markAsDead(data: string): void {
	const lines = readLockFile(data);
	if (lines === undefined) return;
	lines[0] = String(unusedPid);
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
