import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The folder of the package `slipway`. */
export const toolRoot = join(import.meta.dirname, '../..');
/** The folder of the counter project, which is that of the repository. */
export const projectRoot = join(toolRoot, '../..');

export interface Finished {
	/** The exit code, or the signal that ended the process. */
	readonly status: number | string;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunningChild {
	readonly child: ChildProcess;
	readonly pid: number;
	readonly finished: Promise<Finished>;
	/** Resolves when the process has printed `text` on stdout or stderr; rejects when it ends without. */
	printed(text: string | RegExp): Promise<void>;
	/** What it has printed on stdout so far. */
	output(): string;
}

export interface ChildOptions extends SpawnOptions {
	/** Whether the caller writes to its standard input; Default: none. */
	readonly input?: boolean;
}

/** Starts a real process. Its environment is this one's without what CI or a developer may have set for PostgreSQL. */
export function startProcess(
	command: string,
	args: readonly string[],
	{ input = false, ...options }: ChildOptions = {},
): RunningChild {
	const child = spawn(command, args, {
		...options,
		env: { ...cleanEnvironment(), ...options.env },
		stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
	});
	const output = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'] as const) {
		child[name]?.setEncoding('utf8').on('data', (text: string) => {
			output[name] += text;
			child.emit('output');
		});
	}
	const finished = once(child, 'close').then(([code, signal]) => ({
		status: code ?? signal,
		stdout: markSummaries(output.stdout),
		stderr: markSummaries(output.stderr),
	}));
	// Not 0 where there is no process: to kill that, or its negative, is to kill this very one.
	const pid = child.pid ?? Number.NaN;
	return {
		child,
		pid,
		finished,
		printed: (text) => waitForOutput(child, output, text),
		output: () => output.stdout,
	};
}

/** Runs a process to its end. */
export function runProcess(
	command: string,
	args: readonly string[],
	options?: SpawnOptions,
): Promise<Finished> {
	return startProcess(command, args, options).finished;
}

/** Starts a TypeScript module given as text, whose imports are relative to the tool's folder. */
export function startModule(
	source: string,
	args: readonly string[] = [],
	options?: ChildOptions,
): RunningChild {
	return startProcess(process.execPath, ['--input-type=module-typescript', '-e', source, '--', ...args], {
		cwd: toolRoot,
		...options,
	});
}

function waitForOutput(
	child: ChildProcess,
	output: { stdout: string; stderr: string },
	text: string | RegExp,
): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const look = () => {
		if (`${output.stdout}\n${output.stderr}`.search(text) >= 0) resolve();
	};
	child.on('output', look);
	child.once('close', () =>
		reject(
			new Error(`ended without printing ${text}:\n${markSummaries(`${output.stdout}\n${output.stderr}`)}`),
		),
	);
	look();
	return promise;
}

/**
 * The error of a failed test may show this output. `.ci/run` adds up the tests of our own runs of vitest, and would count
 * those of another run.
 */
const markSummaries = (output: string) => output.replace(/^(?=.{0,12}\bTests )/gm, '| ');

export function cleanEnvironment(): NodeJS.ProcessEnv {
	const ours =
		/^(PG|POSTGRES_|COMPOSE_|DB_|DATABASE_|SLIPWAY_|PORT$|HOST$|NODE_ENV$|LOG_LEVEL$|RATE_LIMIT$|TRUSTED_PROXIES$|NODE_OPTIONS$|VITEST)/;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
