import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { programEnvironment } from './environment.ts';

/**
 * Has `path` removed when this process is gone before the guard is disposed of, however it went: for what is about to
 * be made, until it has another owner. Where there is no shell, the next start removes it.
 */
export function guardPath(path: string): Disposable {
	const child = spawn('/bin/sh', ['-c', script, 'slipway', path], {
		detached: true, // away from the terminal's Ctrl-C
		env: programEnvironment(),
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	child.on('error', () => {}); // What is started next fails for the same reason, and says so.
	child.unref();
	const stdin = child.stdin as Socket | undefined; // none when there are too many open files
	stdin?.on('error', () => {}).unref();
	return { [Symbol.dispose]: () => void stdin?.end('disposed\n') };
}

/** Whoever writes there may go on for a moment. */
const script = `
read -r disposed && exit
attempts=50
until rm -rf -- "$1" || [ "$attempts" -eq 0 ]; do
	attempts=$((attempts - 1))
	sleep 0.1
done
`;
