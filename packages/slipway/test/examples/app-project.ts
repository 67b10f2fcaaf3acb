import { cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stackEnvironment } from '../../bench/stacks/copy.ts';
import { builtPackage } from '../helpers/built-package.ts';
import { type Finished, projectRoot, runProcess, startProcess } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/free-port.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';

/** An example application, copied and installed as its README says, with the package that npm would publish. */
export interface AppProject extends Disposable {
	readonly folder: string;
	/** Runs a command there, on the Node of these tests. */
	run(command: string, ...args: string[]): Promise<Finished>;
	/** Runs `npm run dev`, calls `use` with the address once the application answers, and then presses Ctrl-C. */
	develop(use: (address: string) => Promise<void>): Promise<Finished>;
}

/** Installs `examples/NAME`. Its `package.json` names the built package by a relative path, so the layout is kept. */
export async function installApp(name: string): Promise<AppProject> {
	using stack = new DisposableStack();
	const root = stack.use(makeDirectory(tmpdir())).path;
	const folder = join(root, 'examples', name);
	cpSync(join(projectRoot, 'examples', name), folder, {
		recursive: true,
		filter: (source) => !['node_modules', '.slipway'].includes(basename(source)),
	});
	cpSync(await builtPackage(), join(root, 'packages/slipway/dist'), { recursive: true });
	const run = (command: string, ...args: string[]) =>
		runProcess(command, args, { cwd: folder, env: stackEnvironment });
	expectSuccess(await run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund'));
	const made = stack.move();
	return {
		folder,
		run,
		develop: (use) => develop(folder, use),
		[Symbol.dispose]: () => made.dispose(),
	};
}

async function develop(folder: string, use: (address: string) => Promise<void>): Promise<Finished> {
	const port = await freePort();
	const env = { ...stackEnvironment, PORT: String(port) };
	// A process group of its own gets the signal as a whole, as a terminal sends it.
	const npm = startProcess('npm', ['run', 'dev'], { cwd: folder, env, detached: true });
	const ended = npm.finished.then(({ stdout, stderr }) => {
		throw new Error(`npm run dev ended: ${stdout}${stderr}`);
	});
	ended.catch(() => {}); // It always ends, in most cases after Ctrl-C.
	try {
		const address = `http://127.0.0.1:${port}`;
		const answers = () =>
			fetch(address).then(
				() => true,
				() => false,
			);
		await Promise.race([eventually(answers), ended]);
		await use(address);
	} finally {
		if (npm.child.exitCode === null) process.kill(-npm.pid, 'SIGINT');
		await npm.finished;
	}
	return await npm.finished;
}

export function expectSuccess({ status, stdout, stderr }: Finished): void {
	if (status !== 0) throw new Error(`exited with ${status}: ${stdout}${stderr}`);
}
