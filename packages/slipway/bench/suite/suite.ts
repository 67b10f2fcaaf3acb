import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeProject, type Project } from '../vitest/project.ts';
import { startVitest } from '../vitest/run.ts';
import { type Conditions, testsPerFile } from './conditions.ts';
import { projectFiles } from './project/files.ts';
import { type Way, type WayName, ways } from './ways.ts';

export interface RunOptions {
	/** Only the first so many test files. */
	readonly files?: number;
	/** Called with the pid of vitest. */
	readonly onStart?: (pid: number) => void;
}

/** What the test files contain. */
export interface TestCode {
	/** The path of the code, which is the same in all test files. */
	readonly path: string;
	readonly testsPerFile: number;
	/** Further arguments of vitest. */
	readonly args: readonly string[];
}

export const purchases: TestCode = {
	path: join(import.meta.dirname, 'project/purchases.test.js'),
	testsPerFile,
	args: [],
};

/** A project whose tests can be run with each way of isolation. */
export interface Suite extends Disposable {
	readonly folder: string;
	/** Where the servers of the tests have their files. */
	readonly servers: string;
	/** Resolves with the seconds from the launch of vitest to its exit. Rejects if not all tests passed. */
	run(way: WayName, options?: RunOptions): Promise<number>;
}

/** The packages of peers are in a folder of their own. */
const peers = ['@electric-sql/pglite', 'pgsql-test'];

/** Creates the project with the package from `dist` and the packages installed in `root`. */
export function makeSuite(
	root: string,
	dist: string,
	conditions: Conditions,
	code: TestCode = purchases,
): Suite {
	using stack = new DisposableStack();
	const project = stack.use(makeProject(root, dist, conditions.seedMb));
	project.write(projectFiles(conditions, readFileSync(code.path, 'utf8')));
	cpSync(join(import.meta.dirname, 'ways'), join(project.folder, 'ways'), { recursive: true });
	for (const name of peers) {
		const link = join(project.folder, 'node_modules', name);
		mkdirSync(dirname(link), { recursive: true });
		symlinkSync(join(root, 'packages/slipway/bench/node_modules', name), link);
	}
	const kept = stack.move();
	return {
		folder: project.folder,
		servers: project.servers,
		run: (way, options) => run(project, { way, conditions, code }, options),
		[Symbol.dispose]: () => kept.dispose(),
	};
}

interface Run {
	readonly way: WayName;
	readonly conditions: Conditions;
	readonly code: TestCode;
}

async function run(
	project: Project,
	{ way, conditions, code }: Run,
	{ files = conditions.files, onStart = () => {} }: RunOptions = {},
): Promise<number> {
	const { folder, args = [] }: Way = ways[way];
	const { isolate, workers } = conditions;
	project.write({ 'ways/current.js': `export { test } from './${folder}/way.js';` });
	const start = performance.now();
	const { child, passed } = startVitest(project, [
		...[`--config=ways/${folder}/vitest.config.js`, isolate ? '--isolate' : '--no-isolate'],
		...(workers === undefined ? [] : [`--maxWorkers=${workers}`]),
		...args,
		...code.args,
		...Array.from({ length: files === conditions.files ? 0 : files }, (_, index) => `file-${index + 1}.test`),
	]);
	onStart(child.pid ?? 0);
	const output = await passed;
	const seconds = (performance.now() - start) / 1000;
	const tests = files * code.testsPerFile;
	if (!output.includes(`${tests} passed (${tests})`)) throw new Error(`not all tests ran:\n${output}`);
	return seconds;
}
