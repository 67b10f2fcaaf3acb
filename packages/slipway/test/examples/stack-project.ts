import { cpSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { type Finished, projectRoot, runProcess } from '../helpers/child-process.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';

const stacksFolder = join(projectRoot, 'examples/stacks');

export const stackNames = readdirSync(stacksFolder, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

export interface StackProject extends Disposable {
	readonly folder: string;
	/** Runs a command in the project, on the Node of these tests. */
	run(command: string, ...args: string[]): Promise<Finished>;
}

/** A copy of an example project, with the packages of its lock file and the packed package installed. */
export async function installStack(name: string, tarball: Buffer): Promise<StackProject> {
	using stack = new DisposableStack();
	const folder = stack.use(makeDirectory(tmpdir())).path;
	cpSync(join(stacksFolder, name), folder, {
		recursive: true,
		filter: (source) => !['node_modules', 'generated'].includes(basename(source)),
	});
	writeFileSync(join(folder, 'slipway.tgz'), tarball);
	const run = (command: string, ...args: string[]) =>
		runProcess(command, args, { cwd: folder, env: variables });
	await install(folder, run);
	const made = stack.move();
	return { folder, run, [Symbol.dispose]: () => made.dispose() };
}

/** No install scripts: Prisma's would download its schema engine. */
async function install(folder: string, run: StackProject['run']): Promise<void> {
	const flags = ['--prefer-offline', '--ignore-scripts'];
	const npm = (...args: string[]) =>
		succeed(run('npm', 'install', ...args, ...flags, '--no-audit', '--no-fund'));
	const { packageManager } = readPackage(folder);
	if (packageManager === undefined) return await npm('--save-dev', './slipway.tgz');
	const tools = join(dirname(folder), 'tools');
	await npm('--prefix', tools, packageManager);
	const pnpm = (...args: string[]) => succeed(run(join(tools, 'node_modules/.bin/pnpm'), ...args, ...flags));
	await pnpm('install');
	await pnpm('add', '--workspace-root', '--save-dev', './slipway.tgz');
}

async function succeed(running: Promise<Finished>): Promise<void> {
	const { status, stdout, stderr } = await running;
	if (status !== 0) throw new Error(stdout + stderr);
}

function readPackage(folder: string): { packageManager?: string } {
	return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

const variables = {
	PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
	// `prisma generate` downloads the schema engine, although it does not run it, unless this names a file.
	PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
};

/** The test files of a project. */
export function testFiles(folder: string): string[] {
	return globSync('{,packages/*/}test/*.{js,ts}', { cwd: folder }).map((file) => join(folder, file));
}
