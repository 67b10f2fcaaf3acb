import { spawn } from 'node:child_process';

/** Opens `url` with the system's program for that. Resolves to whether there is one. */
export function openInBrowser(url: string): Promise<boolean> {
	const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
	const child = spawn(program, [url], { stdio: 'ignore', detached: true });
	child.unref();
	return new Promise((resolve) => {
		child.once('spawn', () => resolve(true)).once('error', () => resolve(false));
	});
}
