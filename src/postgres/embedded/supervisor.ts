import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Programs } from './programs.ts';
import { withPrefix } from './user.ts';

export interface Supervision {
	readonly programs: Programs;
	/** The program to start, `initdb` or `postgres`. */
	readonly command: string;
	readonly args: readonly string[];
	/** An open file for what it prints. */
	readonly log: number;
	/** INT is a fast shutdown; QUIT an immediate one, for data that nobody will read again. */
	readonly stopSignal: 'INT' | 'QUIT';
	/** A folder to remove when the program has ended, always or if it failed or was stopped. */
	readonly remove: { readonly directory: string; readonly when: 'always' | 'failed' } | undefined;
}

export interface Ended {
	readonly code: number;
	readonly output: string;
}

/**
 * Starts a program under a supervisor, a process that holds the read end of a pipe whose write end only this process
 * has. When the pipe closes, because `stdin` is ended or because this process is gone, however it went, the supervisor
 * stops the program and cleans up. It ends when the program does, with its exit code.
 *
 * Neither keeps this process from ending.
 */
export function startSupervised(
	supervision: Supervision,
	asWindows = process.platform === 'win32',
): ChildProcess {
	const { programs, log } = supervision;
	const [file, ...args] = asWindows ? nodeSupervisor(supervision) : shellSupervisor(supervision);
	const child = spawn(file, args, {
		// A session of its own keeps the terminal's Ctrl-C away: the service drains before its server goes.
		detached: true,
		env: programs.environment,
		stdio: ['pipe', log, log],
		windowsHide: true,
		...programs.launch.spawnAs,
	});
	child.unref();
	child.stdin?.on('error', () => {}); // The supervisor may be gone when its pipe is closed.
	(child.stdin as Socket | null)?.unref();
	return child;
}

/** Resolves, when the program has ended, with its exit code and the end of what it printed to `log`, which is closed. */
export function endOf(supervisor: ChildProcess, log: number): Promise<Ended> {
	return new Promise((resolve) => {
		const finish = (code: number | null) => {
			resolve({ code: code ?? 1, output: lastLines(log) });
			closeSync(log);
		};
		supervisor.once('error', () => finish(1));
		supervisor.once('exit', finish);
	});
}

function lastLines(log: number): string {
	const { size } = fstatSync(log);
	const tail = Buffer.alloc(Math.min(size, 4096));
	readSync(log, tail, 0, tail.length, size - tail.length);
	return tail.toString().trim();
}

type Argv = [file: string, ...args: string[]];

/** Two shells at a megabyte each: one waits for the program, the other for the pipe. */
function shellSupervisor({ programs, command, args, stopSignal, remove }: Supervision): Argv {
	const commandLine = withPrefix(programs.launch, command, args);
	const options = [stopSignal, remove?.directory ?? '', remove?.when ?? ''];
	return ['/bin/sh', '-c', shellScript, 'slipway', ...options, ...commandLine];
}

const shellScript = `
stop=$1 remove=$2 when=$3
shift 3
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{
	read -r _ <&3
	kill -"$stop" "$program"
	sleep 1
	kill -QUIT "$program"
	sleep 3
	kill -KILL "$program"
} 2>/dev/null &
watcher=$!
wait "$program"
status=$?
kill "$watcher"
[ "$when" = failed ] && [ "$status" -eq 0 ] && remove=
[ -z "$remove" ] || rm -rf -- "$remove"
exit "$status"
`;

/** The same for Windows, which has neither a shell nor signals: PostgreSQL's pg_ctl brings its own. */
function nodeSupervisor({ programs, command, args, stopSignal, remove }: Supervision): Argv {
	const commandLine = withPrefix(programs.launch, command, args);
	const options = [stopSignal, remove?.directory ?? '', remove?.when ?? '', programs.binaries.pgCtl];
	return [process.execPath, '-e', nodeScript, '--', ...options, ...commandLine];
}

const nodeScript = `
const { spawn, execFile } = require('node:child_process');
const { rmSync } = require('node:fs');
const { argv, exit, stdin } = require('node:process');
const [, stop, remove, when, pgCtl, command, ...args] = argv;
const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
const signal = (name) => execFile(pgCtl, ['kill', name, String(program.pid)], () => {});
stdin.resume().once('close', () => {
	signal(stop);
	setTimeout(signal, 1000, 'QUIT').unref();
	setTimeout(() => program.kill('SIGKILL'), 4000).unref();
});
program.once('error', () => exit(1));
program.once('exit', (code) => {
	if (remove && (when === 'always' || code !== 0)) rmSync(remove, { recursive: true, force: true, maxRetries: 5 });
	exit(code ?? 1);
});
`;
