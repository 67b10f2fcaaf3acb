import { readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../errors.ts';
import { isRunning } from '../process-identity.ts';

/** No system gives this number to a process: Linux ends at 2^22, macOS at 99,999, Windows counts in fours. */
const noProcess = 99_999_999;
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
		if (!isPostmaster(pid, data)) break;
		process.kill(pid, signal);
		await waitFor(() => !isPostmaster(pid, data), 2_000);
	}
	if (isPostmaster(pid, data))
		throw new SlipwayError(
			'orphan-server',
			`the server of a killed run does not end`,
			`End it: kill -9 ${pid}`,
		);
	markAsDead(data);
}

/** Resolves with whether `condition` came true within `milliseconds`. */
export async function waitFor(condition: () => boolean, milliseconds: number): Promise<boolean> {
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

/** By the working folder where the system shows it; elsewhere the number has to do. */
export function isPostmaster(pid: number, data: string): boolean {
	if (!isRunning(pid)) return false;
	if (process.platform !== 'linux') return true;
	try {
		return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
	} catch {
		return false;
	}
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
