import { execFile } from 'node:child_process';
import { hasCode } from '../errors.ts';

export interface Output {
	/** Whether the command succeeded. */
	readonly done: boolean;
	/** Whether there is no such command. */
	readonly missing: boolean;
	readonly stdout: string;
	/** The last line of stderr, in which Docker says why the command failed. */
	readonly failure: string;
}

/** Runs the `docker` command in the project's folder, in the environment of this process; each query once. */
export type Docker = (...args: readonly string[]) => Promise<Output>;

/** When `signal` is aborted, the commands are ended: an engine that does not answer would block them for minutes. */
export function dockerIn(root: string, environment: NodeJS.ProcessEnv, signal?: AbortSignal): Docker {
	const outputs = new Map<string, Promise<Output>>();
	const run = (args: readonly string[]) =>
		new Promise<Output>((resolve) => {
			execFile('docker', args, { cwd: root, env: environment, signal }, (error, stdout, stderr) => {
				const failure = stderr.trim().split('\n').at(-1) || error?.message || '';
				resolve({ done: error === null, missing: hasCode(error, 'ENOENT'), stdout: stdout.trim(), failure });
			});
		});
	return (...args) => {
		const key = args.join('\0');
		const output = outputs.get(key) ?? run(args);
		outputs.set(key, output);
		return output;
	};
}

/** The engine's version and the API that the client uses with it. */
export const askEngine = (docker: Docker): Promise<Output> =>
	docker('version', '--format', '{{.Server.Version}} {{.Client.APIVersion}}');
