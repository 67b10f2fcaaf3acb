import { spawn } from 'node:child_process';
import { unrefWithInput } from './child-input.ts';
import { programEnvironment } from './environment.ts';

/**
 * Removes `path` if this process ends, in any way, before the guard is disposed of. It covers a file or
 * folder that is about to be created until something else is responsible for it. Without a shell, the next
 * start removes it.
 */
export function guardPath(path: string): Disposable {
	const child = spawn('/bin/sh', ['-c', script, 'slipway', path], {
		detached: true, // away from the terminal's Ctrl-C
		env: programEnvironment(),
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	child.on('error', () => {}); // The next program to start fails for the same reason, and reports it.
	unrefWithInput(child);
	return { [Symbol.dispose]: () => void child.stdin?.end('disposed\n') };
}

/** Retries, because a program that writes there may continue for a moment. */
const script = `
read -r disposed && exit
attempts=50
until rm -rf -- "$1" || [ "$attempts" -eq 0 ]; do
	attempts=$((attempts - 1))
	sleep 0.1
done
`;
