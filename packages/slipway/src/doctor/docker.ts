import { execFile } from 'node:child_process';

export interface Output {
	/** Whether the command did what it was asked to. */
	readonly done: boolean;
	readonly stdout: string;
	/** The last line, which is where Docker says why. */
	readonly complaint: string;
}

/** Runs Docker's command line in the checkout, with what the environment says to it. */
export type Docker = (...args: readonly string[]) => Promise<Output>;

export function dockerIn(root: string, environment: NodeJS.ProcessEnv): Docker {
	return (...args) =>
		new Promise((resolve) => {
			// An engine on a host that does not answer would keep it waiting for minutes.
			const options = { cwd: root, env: environment, timeout: 10_000 };
			execFile('docker', args, options, (failure, stdout, stderr) => {
				const complaint = stderr.trim().split('\n').at(-1) || failure?.message || '';
				resolve({ done: failure === null, stdout: stdout.trim(), complaint });
			});
		});
}
