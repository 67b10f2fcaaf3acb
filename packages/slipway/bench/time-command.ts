import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SlipwayError } from '../src/errors.ts';

interface Expectation {
	readonly environment: Readonly<Record<string, string>>;
	/** Its exit code. */
	readonly expected: number;
	/** In which it runs; the caller's own without it. */
	readonly folder?: string;
}

/** Milliseconds that a command takes, from its launch to its end. */
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
		`${[command, ...args].join(' ')} ended with ${code}`,
		'Run it by hand.',
	);
}

/** Settings of the developer's own could name another server. */
function withoutSettings(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(DB_|DATABASE_|SLIPWAY_|NODE_ENV$)/.test(name)),
	);
}
