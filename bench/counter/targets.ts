import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Connection, SlipwayError } from 'slipway';
import { appVariables } from 'slipway/test-helpers/processes';

export const targetNames = ['service', 'in-memory', 'express-pg'] as const;
export type TargetName = (typeof targetNames)[number];

const root = join(import.meta.dirname, '../..');
const entries: Record<TargetName, string> = {
	service: join(root, 'src/main.ts'),
	'in-memory': join(import.meta.dirname, 'targets/in-memory.ts'),
	'express-pg': join(import.meta.dirname, 'targets/express-pg.mjs'),
};

/** A process that serves HTTP. */
export interface Target extends AsyncDisposable {
	readonly name: TargetName;
	readonly address: string;
}

/** Starts a target on a free port. All targets get the same flags, environment and login. */
export async function startTarget(name: TargetName, app: Connection): Promise<Target> {
	const child = fork(entries[name], {
		env: environment(app),
		execArgv: ['--import', join(root, 'scripts/jsx.ts')],
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	const listening = once(child, 'message').then(([message]) => (message as { address: string }).address);
	const address = await Promise.race([listening, once(child, 'exit').then(() => didNotStart(name))]);
	return { name, address, [Symbol.asyncDispose]: () => end(child) };
}

function environment(app: Connection): NodeJS.ProcessEnv {
	return {
		...process.env,
		NODE_ENV: 'production',
		HOST: '127.0.0.1',
		PORT: '0',
		LOG_LEVEL: 'info',
		RATE_LIMIT: '0',
		...appVariables(app),
	};
}

async function end(child: ChildProcess): Promise<void> {
	const exited = once(child, 'exit');
	if (child.kill('SIGTERM')) await exited;
}

function didNotStart(name: TargetName): never {
	throw new SlipwayError('target-did-not-start', `the target "${name}" exited`, 'Fix what it printed above.');
}
