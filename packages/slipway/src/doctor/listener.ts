import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that listens on a port. */
export interface Listener {
	readonly pid: number;
	readonly name: string;
	/** Its working directory, if the system shows it. */
	readonly folder: string | undefined;
}

/** The process that listens on `port`. Undefined if the system does not show it, as for another user's process. */
export function listenerOn(port: number): Listener | undefined {
	return process.platform === 'linux' ? fromProc(port) : fromLsof(port);
}

function fromProc(port: number): Listener | undefined {
	const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => socketsIn(table, port)));
	const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	const pid = pids.find((each) => filesOf(each).some((file) => sockets.has(file)));
	if (pid === undefined) return undefined;
	const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
	return { pid: Number(pid), name, folder: readlinkSync(`/proc/${pid}/cwd`) };
}

/** Sockets that listen on `port`. See proc(5): column 2 is the local address, column 4 the state (0A: listening). */
function socketsIn(table: string, port: number): string[] {
	const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
	const rows = readFileSync(`/proc/net/${table}`, 'utf8')
		.split('\n')
		.map((row) => row.trim().split(/\s+/));
	return rows
		.filter(([, address, , state]) => address?.endsWith(local) && state === '0A')
		.map((columns) => `socket:[${columns[9]}]`);
}

function filesOf(pid: string): string[] {
	try {
		return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
	} catch {
		return []; // The process has exited, has just closed a file, or belongs to another user.
	}
}

function fromLsof(port: number): Listener | undefined {
	try {
		const fields = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
			encoding: 'utf8',
		});
		const [, pid = '', name = ''] = /^p(\d+)\nc(.*)$/m.exec(fields) ?? [];
		return pid === '' ? undefined : { pid: Number(pid), name, folder: undefined };
	} catch {
		return undefined;
	}
}
