import { execFile } from 'node:child_process';

export interface Output {
	/** Whether the command succeeded. */
	readonly done: boolean;
	readonly stdout: string;
	/** The last line of stderr, in which Docker says why the command failed. */
	readonly failure: string;
}

/** Runs the `docker` command in the project's folder, in the environment of this process. */
export type Docker = (...args: readonly string[]) => Promise<Output>;

export function dockerIn(root: string, environment: NodeJS.ProcessEnv): Docker {
	return (...args) =>
		new Promise((resolve) => {
			// Without a limit, an engine on a host that does not answer would block it for minutes.
			const options = { cwd: root, env: environment, timeout: 10_000 };
			execFile('docker', args, options, (error, stdout, stderr) => {
				const failure = stderr.trim().split('\n').at(-1) || error?.message || '';
				resolve({ done: error === null, stdout: stdout.trim(), failure });
			});
		});
}
