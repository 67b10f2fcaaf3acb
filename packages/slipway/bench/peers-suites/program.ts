import { spawn } from 'node:child_process';

export interface Finished {
	readonly status: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a program to its end. One that hangs is killed after `seconds`, and has the status 128. */
export async function runProgram(
	[program = '', ...args]: readonly string[],
	{
		folder,
		environment,
		seconds = 900,
	}: { folder: string; environment: NodeJS.ProcessEnv; seconds?: number },
): Promise<Finished> {
	const child = spawn(program, args, {
		cwd: folder,
		env: environment,
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: seconds * 1000,
		killSignal: 'SIGKILL',
	});
	const output = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'] as const)
		child[name].setEncoding('utf8').on('data', (text: string) => {
			output[name] += text;
		});
	return await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve({ status: code ?? 128, ...output }));
	});
}
