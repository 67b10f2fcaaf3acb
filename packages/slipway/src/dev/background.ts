import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../errors.ts';
import { holderOf } from '../postgres/index.ts';
import { checkoutFiles } from './checkout-files.ts';
import { findDevServer, type RunningServer } from './running.ts';
import { holders, serverFiles } from './server.ts';

/** What the background process sends to the process that started it. */
export type BackgroundMessage =
	| { readonly line: string }
	| { readonly ready: true }
	| { readonly error: { readonly code: string; readonly message: string; readonly hint: string } };

export const logFile = (root: string) => join(checkoutFiles(root), 'up.log');

/**
 * Starts `command`, which serves the dev database of the checkout in `root`, in a process that outlives this
 * one. Resolves when the database is ready. Throws the error that the command reports, and
 * `background-failed`.
 */
export async function startInBackground(
	root: string,
	[program, ...args]: readonly [string, ...string[]],
	report: (line: string) => void,
): Promise<void> {
	mkdirSync(checkoutFiles(root), { recursive: true });
	const log = openSync(logFile(root), 'w', 0o600);
	const child = spawn(program, args, {
		cwd: root,
		detached: true,
		stdio: ['ignore', log, log, 'ipc'],
	});
	await untilReady(child, root, report);
	child.disconnect();
	child.unref();
}

function untilReady(child: ChildProcess, root: string, report: (line: string) => void): Promise<void> {
	return new Promise((resolve, reject) => {
		child.on('message', (message: BackgroundMessage) => {
			if ('line' in message) report(message.line);
			else if ('ready' in message) resolve();
			else reject(new SlipwayError(message.error.code, message.error.message, message.error.hint));
		});
		child.once('error', reject);
		child.once('exit', (code, signal) =>
			reject(
				new SlipwayError(
					'background-failed',
					`the dev server in the background exited with ${signal ?? `exit code ${code}`}`,
					`See its output in ${logFile(root)}.`,
				),
			),
		);
	});
}

const retryMilliseconds = 50;

/**
 * Waits for the server that another command is starting; undefined if that takes more than `timeout`
 * milliseconds.
 */
export async function waitForDevServer(root: string, timeout = 60_000): Promise<RunningServer | undefined> {
	for (const end = performance.now() + timeout; performance.now() < end; await sleep(retryMilliseconds)) {
		const running = await findDevServer(root);
		if (running !== undefined) return running;
	}
	return undefined;
}

/** Stops the server that `up` started. Throws `runs-elsewhere` if `dev` started it, and `does-not-stop`. */
export async function stopInBackground(
	{ root, provider, holder }: RunningServer,
	timeout = 30_000,
): Promise<void> {
	if (holder.command !== holders.up)
		throw new SlipwayError(
			'runs-elsewhere',
			`the server belongs to ${holder.command} (process ${holder.pid})`,
			`Press Ctrl-C in its terminal, or stop it: kill ${holder.pid}`,
		);
	process.kill(holder.pid, 'SIGTERM');
	for (const end = performance.now() + timeout; performance.now() < end; await sleep(retryMilliseconds))
		if (holderOf(serverFiles(root, provider))?.pid !== holder.pid) return; // Released after the server has stopped.
	throw new SlipwayError(
		'does-not-stop',
		`process ${holder.pid}, which runs the server, did not stop within ${timeout / 1000} s`,
		`See ${logFile(root)}, or kill the process: kill -9 ${holder.pid}`,
	);
}
