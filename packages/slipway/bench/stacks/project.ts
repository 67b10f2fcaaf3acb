import { cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Folder, makeFolder } from '../folder.ts';
import { timeCommand } from '../time-command.ts';
import { copyStack, installFlags, type StackCopy, stackEnvironment } from './copy.ts';
import versions from './package.json' with { type: 'json' };
import { packagesOf, testCommand, type Way } from './stacks.ts';
import { removeConfiguration } from './without-slipway.ts';

/** An example project with the packages of its lock file, to be copied for each measurement. */
export interface Base extends StackCopy, Disposable {
	readonly name: string;
	/** The command: pnpm where the project says so, else npm. */
	readonly manager: string;
	/** The packed package. */
	readonly tarball: string;
}

export async function installBase(root: string, name: string, tarball: string): Promise<Base> {
	using stack = new DisposableStack();
	const outer = stack.use(makeFolder(tmpdir())).path;
	const copy = copyStack(root, name, join(outer, 'project'));
	const manager = await installManager(outer, copy);
	await run(copy.home, [manager, 'install', ...installFlags]);
	const made = stack.move();
	return { ...copy, name, manager, tarball, [Symbol.dispose]: () => made.dispose() };
}

/** The seconds that a way takes on a new copy of the project. */
export interface Round {
	/** Installing what it needs, `slipway init` for Slipway, and the first run of the tests. */
	readonly cold: number;
	readonly second: number;
}

export async function measureWay(base: Base, way: Way): Promise<Round> {
	using copy = copyOf(base);
	const home = join(copy.path, relative(base.folder, base.home));
	const test = () => run(home, testCommand(base.name, way));
	addFiles(base.name, way, home);
	const installed = await install(home, base, way);
	const first = await test();
	return { cold: installed + first, second: await test() };
}

function copyOf({ folder }: Base): Folder {
	using stack = new DisposableStack();
	const copy = stack.use(makeFolder(tmpdir()));
	cpSync(folder, copy.path, { recursive: true, verbatimSymlinks: true });
	stack.move();
	return copy;
}

/** Of Slipway there are none: init writes them. */
function addFiles(stack: string, way: Way, home: string): void {
	removeConfiguration(home);
	if (way !== 'slipway') cpSync(join(import.meta.dirname, 'ways', stack, way), home, { recursive: true });
}

async function install(home: string, { name, manager, tarball }: Base, way: Way): Promise<number> {
	const packages = way === 'slipway' ? [tarball] : packagesOf(name, way).map(withVersion);
	const command = manager === 'npm' ? 'install' : 'add';
	const installed = await run(home, [manager, command, '--save-dev', ...packages, ...installFlags]);
	return way === 'slipway' ? installed + (await run(home, ['npx', 'slipway', 'init', '--yes'])) : installed;
}

function withVersion(name: string): string {
	const version = Object.entries(versions.dependencies).find(([dependency]) => dependency === name)?.[1];
	if (version === undefined) throw new Error(`bench/stacks/package.json does not have ${name}`);
	return `${name}@${version}`;
}

async function installManager(outer: string, { packageManager }: StackCopy): Promise<string> {
	if (packageManager === undefined) return 'npm';
	await run(outer, ['npm', 'install', '--prefix', outer, packageManager, ...installFlags]);
	return join(outer, 'node_modules/.bin/pnpm');
}

/** The seconds that a command takes. */
async function run(folder: string, [command = '', ...args]: readonly string[]): Promise<number> {
	return (await timeCommand(command, args, { environment, expected: 0, folder })) / 1000;
}

const environment = {
	...stackEnvironment,
	// Its image may be missing. The set-ups stop their containers themselves.
	TESTCONTAINERS_RYUK_DISABLED: 'true',
};
