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
	/** To the server, INT is a fast shutdown, and QUIT an immediate one, for data that nobody will read again. */
	readonly stopSignal: 'INT' | 'QUIT' | 'TERM';
	/**
	 * A folder to remove when the program has been stopped; it is left alone when the program ended by itself, and when
	 * it had to be killed, for it names what that left elsewhere.
	 */
	readonly removeWhenStopped: string | undefined;
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
export function startSupervised(supervision: Supervision): ChildProcess {
	const { programs, log } = supervision;
	const [file, ...args] = commandLineOf(supervision);
	const child = spawn(file, args, {
		// A session of its own keeps the terminal's Ctrl-C away: the service drains before its server goes.
		detached: true,
		env: programs.environment,
		stdio: ['pipe', log, log],
		...programs.launch.spawnAs,
	});
	child.unref();
	child.stdin?.on('error', () => {}); // The supervisor may be gone when its pipe is closed.
	(child.stdin as Socket | null)?.unref();
	return child;
}

/**
 * Orders the supervisor to stop the program, which after `patience` seconds is told again, and not so kindly. Without
 * an order, when this process is gone, that is 1 s.
 */
export function orderStop(supervisor: ChildProcess, patience: number): void {
	supervisor.stdin?.end(`${patience}\n`);
	supervisor.ref();
}

/** Resolves, when the program has ended, with its exit code and the end of what it printed to `log`, which is closed. */
export function endOf(supervisor: ChildProcess, log: number): Promise<Ended> {
	return new Promise((resolve) => {
		const finish = (code: number, output: string) => {
			closeSync(log);
			resolve({ code, output });
		};
		supervisor.once('error', ({ message }) => finish(1, message));
		supervisor.once('exit', (code) => finish(code ?? 1, lastLines(log)));
	});
}

function lastLines(log: number): string {
	const { size } = fstatSync(log);
	const tail = Buffer.alloc(Math.min(size, 4096));
	readSync(log, tail, 0, tail.length, size - tail.length);
	return tail.toString().trim();
}

/** Two shells at a megabyte each: one waits for the program, the other for the pipe. */
function commandLineOf(supervision: Supervision): [file: string, ...args: string[]] {
	const { programs, command, args, stopSignal, removeWhenStopped } = supervision;
	const commandLine = withPrefix(programs.launch, [...programs.libraryPrefix, command, ...args]);
	return ['/bin/sh', '-c', shellScript, 'slipway', stopSignal, removeWhenStopped ?? '', ...commandLine];
}

const shellScript = `
stop=$1 remove=$2
shift 2
exec 3<&0 </dev/null
stopped=
trap 'stopped=1' USR1
"$@" 3<&- &
program=$!
pause() {
	sleep "$1" &
	nap=$!
	wait "$nap"
}
{
	nap=
	trap 'kill $nap; wait $nap; exit' TERM
	# If the waiting shell was killed, nothing ends this one, and the program's number may be given to another.
	read -r patience <&3
	kill -USR1 $$
	kill -"$stop" "$program" || exit
	pause "\${patience:-1}"
	kill -QUIT "$program" || exit
	pause 3
	kill -KILL "$program"
} 2>/dev/null &
watcher=$!
wait "$program"
status=$?
# A signal to this shell interrupts its waiting.
while [ "$status" -gt 128 ] && kill -0 "$program" 2>/dev/null; do
	wait "$program"
	status=$?
done
kill "$watcher" 2>/dev/null
[ -z "$stopped" ] || [ -z "$remove" ] || [ "$status" -eq 137 ] || rm -rf -- "$remove"
exit "$status"
`;
