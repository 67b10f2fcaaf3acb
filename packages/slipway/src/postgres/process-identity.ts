import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from '../errors.ts';

/**
 * Identifies a process. Its pid alone does not: pids are reused, and start over after a reboot and in each
 * container.
 */
export interface ProcessIdentity {
	readonly pid: number;
	readonly startedAt: string;
	readonly machine: string;
	/** Identifies the boot of the machine, if the system supports that. */
	readonly boot: string;
	/** Identifies the container, if it has its own pids. */
	readonly pidNamespace: string;
}

export type ProcessState =
	| 'alive'
	| 'dead'
	/** On another machine or in another container, so that its state is unknown. */
	| 'elsewhere';

export function currentProcess(): ProcessIdentity {
	return { pid: process.pid, startedAt: startOf(process.pid) ?? '', ...here() };
}

export function stateOf(identity: ProcessIdentity): ProcessState {
	const { machine, boot, pidNamespace } = here();
	// A machine's name may change while it runs; its boot id does not.
	if (identity.boot !== boot) return identity.machine === machine ? 'dead' : 'elsewhere';
	if (identity.pidNamespace !== pidNamespace) return 'elsewhere';
	return startOf(identity.pid) === identity.startedAt ? 'alive' : 'dead';
}

/** Whether a process with this pid exists. */
export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return hasCode(error, 'EPERM');
	}
}

function here(): Pick<ProcessIdentity, 'machine' | 'boot' | 'pidNamespace'> {
	const onLinux = process.platform === 'linux';
	return {
		machine: hostname(),
		boot: currentBoot(),
		pidNamespace: onLinux ? readlinkSync('/proc/self/ns/pid') : '',
	};
}

function currentBoot(): string {
	if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
	if (process.platform !== 'darwin') return '';
	return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
}

/** When the process started, in the system's own format; undefined if there is no such process. */
function startOf(pid: number): string | undefined {
	if (!isRunning(pid)) return undefined;
	if (process.platform === 'linux') return startInProc(pid);
	// Otherwise ps prints the time in the caller's time zone and language.
	const env = { LC_ALL: 'C', TZ: 'UTC' };
	try {
		return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
	} catch {
		return undefined;
	}
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot. A zombie counts as ended. */
function startInProc(pid: number): string | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The second field is the program's name in parentheses, and may contain spaces and parentheses itself.
		const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return state === 'Z' ? undefined : rest[18];
	} catch {
		return undefined;
	}
}
