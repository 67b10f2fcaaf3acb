import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SlipwayError } from '../src/errors.ts';

interface Expectation {
	readonly environment: Readonly<Record<string, string>>;
	/** The expected exit code. */
	readonly expected: number;
	/** The working directory. Default: the caller's. */
	readonly folder?: string;
}

/** The milliseconds from the launch of a command to its exit. */
export async function timeCommand(
	command: string,
	args: readonly string[],
	{ environment, expected, folder }: Expectation,
): Promise<number> {
	const start = performance.now();
	const child = spawn(command, args, {
		cwd: folder,
		env: { ...withoutSettings(), ...environment },
		stdio: 'ignore',
	});
	const [code] = await once(child, 'exit');
	if (code === expected) return performance.now() - start;
	throw new SlipwayError(
		'command-failed',
		`${[command, ...args].join(' ')} exited with ${code}`,
		'Run it by hand to see its output.',
	);
}

/** The developer's own settings could name another server. */
function withoutSettings(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(DB_|DATABASE_|SLIPWAY_|NODE_ENV$)/.test(name)),
	);
}
