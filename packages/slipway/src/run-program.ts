import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SlipwayError } from './errors.ts';

export interface ProgramOptions {
	readonly environment: NodeJS.ProcessEnv;
	/** Called with each signal that this process receives while the program runs. */
	readonly onSignal?: (signal: NodeJS.Signals) => void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program with this process's standard streams and passes signals on to it. Resolves with its exit code, or with
 * 128 plus the number of the signal that ended it, as in shells. Throws `command-not-found` and `command-not-executable`.
 */
export async function runProgram(
	[program, ...args]: readonly [string, ...string[]],
	{ environment, onSignal }: ProgramOptions,
): Promise<number> {
	const child = spawn(program, args, { env: environment, stdio: 'inherit' });
	const passOn = (signal: NodeJS.Signals) => {
		onSignal?.(signal);
		// A terminal sends Ctrl-C to the program itself. Many programs treat a second one as an order to exit at once.
		if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
	};
	for (const signal of signals) process.on(signal, passOn);
	try {
		return await exitCodeOf(child);
	} catch (error) {
		throw explainSpawnError(error, program);
	} finally {
		for (const signal of signals) process.off(signal, passOn);
	}
}

function exitCodeOf(child: ChildProcess): Promise<number> {
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code, signal) =>
			resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
		);
	});
}

function explainSpawnError(error: unknown, program: string): unknown {
	const { code } = error as { code?: unknown };
	if (code === 'ENOENT')
		return new SlipwayError(
			'command-not-found',
			`the command ${JSON.stringify(program)} was not found`,
			'Check the name. Slipway looks in node_modules/.bin and in PATH.',
			{ cause: error },
		);
	if (code === 'EACCES')
		return new SlipwayError(
			'command-not-executable',
			`${JSON.stringify(program)} cannot be executed: permission denied`,
			`Make it executable: chmod +x ${program}`,
			{ cause: error },
		);
	return error;
}
