import { type ChildOptions, type RunningChild, startProcess } from './child-process.ts';

/** Starts a command on a terminal of its own, which `script` makes. What is written to its standard input is typed there. */
export function startOnTerminal(
	command: string,
	args: readonly string[],
	options: ChildOptions = {},
): RunningChild {
	return process.platform === 'linux'
		? startProcess('script', ['-qec', [command, ...args].map(quote).join(' '), '/dev/null'], {
				...options,
				input: true,
			})
		: startProcess('script', ['-q', '/dev/null', command, ...args], { ...options, input: true });
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
