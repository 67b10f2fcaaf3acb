import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SlipwayError } from 'slipway';

/** Milliseconds from the start of `scripts/dev` until its page is received. Stops it afterwards. */
export async function timeToFirstResponse(checkout: string): Promise<number> {
	const start = performance.now();
	const dev = spawn(join(checkout, 'scripts/dev'), {
		env: environment({ PORT: '0' }),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const address = await printedAddress(dev);
	await (await fetch(address)).text();
	const time = performance.now() - start;
	dev.kill('SIGTERM');
	await once(dev, 'exit');
	return time;
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

async function printedAddress({ stdout, stderr }: ChildProcess): Promise<string> {
	let output = '';
	stderr?.setEncoding('utf8').on('data', (text: string) => {
		output += text;
	});
	for await (const text of stdout?.setEncoding('utf8') ?? []) {
		output += text;
		const [address] = /^http:\S+$/m.exec(output) ?? [];
		if (address !== undefined) return address;
	}
	throw new SlipwayError('command-failed', `scripts/dev exited early:\n${output}`, 'Fix what it reports.');
}

/** Leaves out the developer's own settings, which could name another server. */
function environment(variables: Record<string, string>): NodeJS.ProcessEnv {
	const foreign = /^(DB_|DATABASE_|SLIPWAY_|PORT$|HOST$|NODE_ENV$|LOG_LEVEL$)/;
	const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
	return { ...Object.fromEntries(inherited), ...variables };
}
