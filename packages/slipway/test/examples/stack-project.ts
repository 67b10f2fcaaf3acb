import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyStack, installFlags, stackEnvironment } from '../../bench/stacks/copy.ts';
import { type Finished, projectRoot, runProcess } from '../helpers/child-process.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';

export interface StackProject extends Disposable {
	/** The folder of the package that uses Slipway. */
	readonly home: string;
	/** Runs a command there, on the Node of these tests. */
	run(command: string, ...args: string[]): Promise<Finished>;
}

/** A copy of an example project, with the packages of its lock file and the packed package installed. */
export async function installStack(name: string, tarball: Buffer): Promise<StackProject> {
	using stack = new DisposableStack();
	const { folder, home, packageManager } = copyStack(
		projectRoot,
		name,
		stack.use(makeDirectory(tmpdir())).path,
	);
	const file = join(folder, 'slipway.tgz');
	writeFileSync(file, tarball);
	const run = (command: string, ...args: string[]) =>
		runProcess(command, args, { cwd: home, env: stackEnvironment });
	if (packageManager === undefined) await installWithNpm(run, '--save-dev', file);
	else await installWithPnpm(run, packageManager, join(dirname(folder), 'tools'), file);
	const made = stack.move();
	return { home, run, [Symbol.dispose]: () => made.dispose() };
}

async function installWithNpm(run: StackProject['run'], ...args: string[]): Promise<void> {
	await succeed(run('npm', 'install', ...args, ...installFlags, '--no-audit', '--no-fund'));
}

/** Installs the version of pnpm that the project names in `tools`, and then the packages with it. */
async function installWithPnpm(
	run: StackProject['run'],
	name: string,
	tools: string,
	file: string,
): Promise<void> {
	await installWithNpm(run, '--prefix', tools, name);
	const pnpm = join(tools, 'node_modules/.bin/pnpm');
	await succeed(run(pnpm, 'install', ...installFlags));
	await succeed(run(pnpm, 'add', '--save-dev', file, ...installFlags));
}

async function succeed(running: Promise<Finished>): Promise<void> {
	const { status, stdout, stderr } = await running;
	if (status !== 0) throw new Error(stdout + stderr);
}

/** The configuration that `slipway init` writes or edits: its text by file. */
export function readConfiguration(home: string): Record<string, string> {
	const files = globSync('{slipway,vitest,jest}.config.*', { cwd: home });
	const all = [...files, ...globSync('.mocharc.json', { cwd: home })].toSorted();
	return Object.fromEntries(all.map((file) => [file, withoutLayout(readFileSync(join(home, file), 'utf8'))]));
}

/** The examples are formatted; where lines break is not what is compared. */
const withoutLayout = (text: string) => text.replaceAll(/\s+/g, '').replaceAll(/,(?=[}\]])/g, '');

export function countTests(home: string): number {
	const texts = globSync('test/*.{js,ts}', { cwd: home }).map((file) =>
		readFileSync(join(home, file), 'utf8'),
	);
	return texts.join('\n').match(/^\s*(test|it)\(/gm)?.length ?? 0;
}
