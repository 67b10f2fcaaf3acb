import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { unrefWithInput } from './child-input.ts';
import type { Programs } from './programs.ts';
import { withPrefix } from './user.ts';

export interface Supervision {
	readonly programs: Programs;
	/** The path of `initdb` or `postgres`. */
	readonly command: string;
	readonly args: readonly string[];
	/** An open file for its output. */
	readonly log: number;
	/**
	 * To PostgreSQL, INT means a fast shutdown and QUIT an immediate one, for data that will not be used again.
	 */
	readonly stopSignal: 'INT' | 'QUIT' | 'TERM';
	/**
	 * A folder to remove after the program was stopped. It stays if the program exited unexpectedly, and if it
	 * had to be killed: then its lock file names the shared memory that is still to be removed.
	 */
	readonly removeWhenStopped: string | undefined;
}

export interface Ended {
	readonly code: number;
	readonly output: string;
}

/**
 * Starts a program under a supervisor: a process with the read end of a pipe whose write end only this
 * process has. When the pipe closes, because `stdin` is ended or this process ends in any way, the supervisor
 * stops the program and cleans up. It exits when the program does, with its exit code.
 *
 * Neither of the two keeps this process alive.
 */
export function startSupervised(supervision: Supervision): ChildProcess {
	const { programs, log } = supervision;
	const [file, ...args] = commandLineOf(supervision);
	const child = spawn(file, args, {
		// In its own session it does not get the terminal's Ctrl-C: the service finishes its requests before
		// the server stops.
		detached: true,
		env: programs.environment,
		stdio: ['pipe', log, log],
		...programs.launch.spawnAs,
	});
	unrefWithInput(child);
	return child;
}

/**
 * Orders the supervisor to stop the program, and to use force after `timeout` seconds. If this process ends
 * without giving the order, the timeout is 1 s.
 */
export function orderStop(supervisor: ChildProcess, timeout: number): void {
	supervisor.stdin?.end(`${timeout}\n`);
	supervisor.ref();
}

/**
 * Resolves when the program has exited, with its exit code and the end of its output in `log`, which is
 * closed.
 */
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

/** Two shells of one megabyte each: one waits for the program, the other for the pipe. */
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
	# If the waiting shell was killed, nothing stops this one, and another process may have got the program's
	# pid.
	read -r timeout <&3
	kill -USR1 $$
	kill -"$stop" "$program" || exit
	pause "\${timeout:-1}"
	kill -QUIT "$program" || exit
	pause 3
	kill -KILL "$program"
} 2>/dev/null &
watcher=$!
wait "$program"
status=$?
# A signal to this shell interrupts wait.
while [ "$status" -gt 128 ] && kill -0 "$program" 2>/dev/null; do
	wait "$program"
	status=$?
done
kill "$watcher" 2>/dev/null
[ -z "$stopped" ] || [ -z "$remove" ] || [ "$status" -eq 137 ] || rm -rf -- "$remove"
exit "$status"
`;
