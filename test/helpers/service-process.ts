import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Connection } from 'slipway';
import { cleanEnvironment, projectRoot } from 'slipway/test-helpers/child-process';

export const migrations = join(projectRoot, 'migrations');

/** The service as a user runs it: in its own process. */
export interface ServiceProcess extends AsyncDisposable {
	readonly address: string;
	readonly child: ChildProcess;
	/** Resolves with the exit code or the signal, and the complete log. */
	readonly ended: Promise<{ readonly status: number | string; readonly log: string }>;
}

/** Node's arguments that start the service. */
export const serviceCommand = [
	'--import',
	join(projectRoot, 'scripts/jsx.ts'),
	join(projectRoot, 'src/main.ts'),
];

export async function startService(
	app: Connection,
	environment: NodeJS.ProcessEnv = {},
): Promise<ServiceProcess> {
	const child = fork(join(projectRoot, 'src/main.ts'), {
		env: { ...cleanEnvironment(), ...login(app), HOST: '127.0.0.1', PORT: '0', ...environment },
		execArgv: ['--import', join(projectRoot, 'scripts/jsx.ts')],
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
	});
	let log = '';
	const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
	for (const stream of streams)
		stream.setEncoding('utf8').on('data', (text: string) => {
			log += text;
		});
	// The child emits no `close` after `disconnect`.
	const closed = Promise.all(streams.map((stream) => once(stream, 'close')));
	const ended = once(child, 'exit').then(async ([code, signal]) => {
		await closed;
		return { status: code ?? signal, log };
	});
	const address = await Promise.race([
		once(child, 'message').then(([message]) => (message as { address: string }).address),
		ended.then(({ status }) => Promise.reject(new Error(`the service exited with ${status}:\n${log}`))),
	]);
	const dispose = async () => {
		child.kill('SIGKILL');
		await ended;
	};
	return { address, child, ended, [Symbol.asyncDispose]: dispose };
}

/** The settings for a login. An empty variable counts as not set and overrides a developer's `.env`. */
export function login(app: Connection): Record<string, string> {
	return {
		DATABASE_URL: '',
		DB_HOST: app.host,
		DB_PORT: String(app.port),
		DB_SSLMODE: app.sslMode,
		DB_USERNAME: app.username,
		DB_PASSWORD: app.password,
		DATABASE_NAME: app.database,
	};
}
