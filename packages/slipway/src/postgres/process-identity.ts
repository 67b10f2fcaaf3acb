import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from '../errors.ts';

/**
 * Identifies a process, also against a later one with the same number: pids are reused, and start over after a reboot
 * and in each container.
 */
export interface ProcessIdentity {
	readonly pid: number;
	readonly startedAt: string;
	readonly machine: string;
	/** The boot of the machine, where the system has an identifier for it. */
	readonly boot: string;
	/** The container, if it has pids of its own. */
	readonly pidNamespace: string;
}

export type ProcessState =
	| 'alive'
	| 'dead'
	/** On another machine or in another container, where it cannot be seen from here. */
	| 'elsewhere';

export function currentProcess(): ProcessIdentity {
	return { pid: process.pid, startedAt: startOf(process.pid) ?? '', ...here() };
}

export function stateOf(identity: ProcessIdentity): ProcessState {
	const { machine, boot, pidNamespace } = here();
	// A machine's name may change while it runs, its boot does not.
	if (identity.boot !== boot) return identity.machine === machine ? 'dead' : 'elsewhere';
	if (identity.pidNamespace !== pidNamespace) return 'elsewhere';
	return startOf(identity.pid) === identity.startedAt ? 'alive' : 'dead';
}

/** Whether a process has this number now. */
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

/** When the process started, in the system's own notation; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
	if (!isRunning(pid)) return undefined;
	if (process.platform === 'linux') return startInProc(pid);
	// It prints the time in the caller's time zone and language.
	const env = { LC_ALL: 'C', TZ: 'UTC' };
	try {
		return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
	} catch {
		return undefined;
	}
}

/** Field 22 of proc(5)'s stat, in clock ticks since boot; a zombie has ended already. */
function startInProc(pid: number): string | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The second field is the program's name in parentheses and may hold spaces and parentheses itself.
		const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return state === 'Z' ? undefined : rest[18];
	} catch {
		return undefined;
	}
}
