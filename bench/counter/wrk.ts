import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SlipwayError } from 'slipway';

/** What one run of the load generator saw. Times are in milliseconds. */
export interface Load {
	readonly requests: number;
	readonly requestsPerSecond: number;
	readonly p50: number;
	readonly p99: number;
}

/** The name and version of wrk. Throws `no-load-generator` if it is not installed. */
export async function wrkVersion(): Promise<string> {
	const { stdout } = await run(['--version']);
	return /^wrk \S+/.exec(stdout)?.[0] ?? 'wrk';
}

/**
 * Puts load on `address` from one thread, which outpaces every target: GET requests, or those of a script with its
 * arguments. Throws `target-failed` if a request fails.
 */
export async function runWrk(
	address: string,
	connections: number,
	seconds: number,
	[script, ...args]: readonly string[] = [],
): Promise<Load> {
	const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency'];
	const [before, after] =
		script === undefined
			? [[], []]
			: [
					['-s', script],
					['--', ...args],
				];
	const { stdout } = await run([...load, ...before, address, ...after]);
	return parseWrk(stdout);
}

/** Reads the report of wrk 4. */
export function parseWrk(report: string): Load {
	const failure = /Non-2xx.*|Socket errors:.*/.exec(report);
	if (failure !== null)
		throw new SlipwayError(
			'target-failed',
			`some requests failed: ${failure[0]}`,
			'Look for the cause above, then measure again.',
		);
	return {
		requests: Number(find(report, /(\d+) requests in/)),
		requestsPerSecond: Number(find(report, /Requests\/sec:\s+([\d.]+)/)),
		p50: parseTime(find(report, /^ *50% +(\S+)/m)),
		p99: parseTime(find(report, /^ *99% +(\S+)/m)),
	};
}

/** wrk exits with an error even after `--version`. */
async function run(args: readonly string[]): Promise<{ stdout: string }> {
	try {
		return await promisify(execFile)('wrk', args);
	} catch (error) {
		const { code, stdout } = error as { code?: unknown; stdout?: string };
		if (args[0] === '--version' && stdout) return { stdout };
		throw code === 'ENOENT' ? noLoadGenerator(error) : error;
	}
}

function find(report: string, pattern: RegExp): string {
	const found = pattern.exec(report)?.[1];
	if (found === undefined) throw new Error(`the output of wrk does not match ${pattern}:\n${report}`);
	return found;
}

function parseTime(text: string): number {
	const [, value, unit = ''] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? [];
	const milliseconds: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };
	return Number(value) * (milliseconds[unit] ?? Number.NaN);
}

/** A load generator in JavaScript would use more CPU than what it measures. */
function noLoadGenerator(cause: unknown): SlipwayError {
	return new SlipwayError(
		'no-load-generator',
		'the load generator wrk is not installed',
		'Install it: apt-get install wrk, or brew install wrk.',
		{ cause },
	);
}
