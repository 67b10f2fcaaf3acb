import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** A process that listens on a port. */
export interface Listener {
	readonly pid: number;
	readonly name: string;
	/** Its working directory, if the system shows it. */
	readonly folder: string | undefined;
}

/** The processes that listen on `port`. Without those that the system does not show, such as another user's. */
export function listenersOn(port: number): readonly Listener[] {
	return process.platform === 'linux' ? fromProc(port) : fromLsof(port);
}

function fromProc(port: number): readonly Listener[] {
	const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => socketsIn(table, port)));
	return readdirSync('/proc')
		.filter(
			(name) => /^\d+$/.test(name) && filesOf(name).some((file) => file !== undefined && sockets.has(file)),
		)
		.map((pid) => ({
			pid: Number(pid),
			// The program's: the name of the process may be that of a thread.
			name: basename(targetOf(`/proc/${pid}/exe`) ?? '?'),
			folder: targetOf(`/proc/${pid}/cwd`),
		}));
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

function filesOf(pid: string): (string | undefined)[] {
	try {
		return readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
	} catch {
		return []; // The process has exited, or belongs to another user.
	}
}

/** Undefined if the process has exited or has closed the file, or if it belongs to another user. */
function targetOf(link: string): string | undefined {
	try {
		return readlinkSync(link);
	} catch {
		return undefined;
	}
}

function fromLsof(port: number): readonly Listener[] {
	try {
		const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
		const fields = execFileSync('lsof', args, { encoding: 'utf8', timeout: 1000 });
		return [...fields.matchAll(/^p(\d+)\nc(.*)$/gm)].map(([, pid, name = '']) => ({
			pid: Number(pid),
			name,
			folder: undefined,
		}));
	} catch {
		return [];
	}
}
