import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, SlipwayError } from 'slipway';
import { appVariables } from 'slipway/test-helpers/processes';

/** The service in its own process. */
export interface Victim extends AsyncDisposable {
	readonly address: string;
	/** The number of bytes it has logged. */
	logged(): number;
	/** Its peak memory in bytes. */
	peakMemory(): number;
}

const root = join(import.meta.dirname, '../..');

export async function startVictim(app: Connection): Promise<Victim> {
	const env = { ...process.env, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' };
	const child = fork(join(root, 'src/main.ts'), {
		env: { ...env, ...appVariables(app) },
		execArgv: ['--import', join(root, 'scripts/jsx.ts')],
		stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
	});
	let logged = 0;
	child.stdout?.on('data', (data: Buffer) => {
		logged += data.length;
	});
	const exited = once(child, 'exit');
	const listening = once(child, 'message').then(([message]) => (message as { address: string }).address);
	const address = await Promise.race([listening, exited.then(() => didNotStart())]);
	return {
		address,
		logged: () => logged,
		peakMemory: () => peakMemoryOf(child.pid ?? 0),
		[Symbol.asyncDispose]: async () => {
			if (child.kill('SIGKILL')) await exited;
		},
	};
}

function peakMemoryOf(pid: number): number {
	const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	return Number(kilobytes) * 1024;
}

function didNotStart(): never {
	throw new SlipwayError(
		'target-did-not-start',
		'the service exited before it was listening',
		'Fix what it printed above.',
	);
}
