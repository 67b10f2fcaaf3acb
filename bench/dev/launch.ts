import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { SlipwayError } from 'slipway';

/** Milliseconds from the start of `scripts/dev` until its page is received. Stops it afterwards. */
export async function timeToFirstResponse(checkout: string): Promise<number> {
	const start = performance.now();
	await using dev = startDev(checkout);
	await dev.nextResponse();
	return performance.now() - start;
}

export interface RunningDev extends AsyncDisposable {
	/** Waits for the next address that `scripts/dev` prints, and for the page that is there. */
	nextResponse(): Promise<void>;
}

/** Runs `scripts/dev`, with the service on a port that it chooses itself. */
export function startDev(checkout: string): RunningDev {
	const dev = spawn(join(checkout, 'scripts/dev'), {
		env: environment({ PORT: '0' }),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const addresses = printedAddresses(dev);
	return {
		nextResponse: async () => {
			const { value } = await addresses.next();
			await (await fetch(value as string)).text();
		},
		[Symbol.asyncDispose]: async () => {
			dev.kill('SIGTERM');
			await once(dev, 'exit');
		},
	};
}

/** Runs `scripts/NAME` and waits for it to exit. */
export async function runCommand(
	checkout: string,
	name: string,
	variables: Record<string, string>,
	args: readonly string[] = [],
): Promise<void> {
	const child = spawn(join(checkout, 'scripts', name), args, {
		env: environment(variables),
		stdio: 'ignore',
	});
	const [code] = await once(child, 'exit');
	if (code !== 0)
		throw new SlipwayError('command-failed', `scripts/${name} exited with ${code}`, 'Run it by hand.');
}

async function* printedAddresses({
	stdout,
	stderr,
}: ChildProcessByStdio<null, Readable, Readable>): AsyncGenerator<string, never> {
	let output = '';
	stderr.setEncoding('utf8').on('data', (text: string) => {
		output += text;
	});
	for await (const line of createInterface({ input: stdout })) {
		output += `${line}\n`;
		const [address] = /^http:\S+$/.exec(line) ?? [];
		if (address !== undefined) yield address;
	}
	throw new SlipwayError('command-failed', `scripts/dev exited early:\n${output}`, 'Fix what it reports.');
}

/** Runs a command of Slipway that has no script, and returns what it prints. */
export async function runSlipway(checkout: string, ...args: readonly string[]): Promise<string> {
	const main = join(checkout, 'node_modules/slipway/src/cli/main.ts');
	const options = { cwd: checkout, env: environment({}) };
	return (await promisify(execFile)(process.execPath, [main, ...args], options)).stdout.trim();
}

/** Leaves out the developer's own settings, which could name another server. */
function environment(variables: Record<string, string>): NodeJS.ProcessEnv {
	const foreign = /^(DB_|DATABASE_|SLIPWAY_|PORT$|HOST$|NODE_ENV$|LOG_LEVEL$)/;
	const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
	return { ...Object.fromEntries(inherited), ...variables };
}
