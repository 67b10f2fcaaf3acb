import { machine } from '../machine.ts';
import { buildPackage } from '../vitest/build.ts';
import { makeProject, type Project } from '../vitest/project.ts';
import { startVitest } from '../vitest/run.ts';
import { type Round, type SuiteFigures, summarize } from './figures.ts';
import { watchMemory } from './memory.ts';
import { suiteFiles, testsPerFile } from './test-files.ts';
import { filesOf, type Way, ways } from './ways.ts';

export interface SuiteBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	/** How many test files to run. */
	readonly files: number;
	/** How many test files run at a time. Default: vitest's choice. */
	readonly workers: number | undefined;
	readonly report: (line: string) => void;
}

/**
 * Runs the same tests with each kind of isolation in turn, for several rounds. A first, untimed round
 * measures memory, because that takes time itself. It also creates what is created only once.
 */
export async function measureSuite(benchmark: SuiteBenchmark): Promise<SuiteFigures> {
	const { root, rounds, files, workers, report } = benchmark;
	using built = buildPackage(root);
	using project = makeProject(root, built.path);
	project.write(suiteFiles(files));
	const run = (way: Way, watch?: (pid: number) => void) => runSuite(project, way, benchmark, watch);
	const memory: Partial<Record<Way, number>> = {};
	for (const way of ways) {
		report(`memory: ${way}`);
		memory[way] = await peakOf((watch) => run(way, watch), project.servers);
	}
	const measured: Round[] = [];
	for (let round = 1; round <= rounds; round++) {
		const seconds: Partial<Record<Way, number>> = {};
		for (const way of ways) {
			report(`round ${round} of ${rounds}: ${way}`);
			seconds[way] = await run(way);
		}
		measured.push(seconds as Round);
	}
	return summarize(measured, memory as Round, { ...machine(), files, testsPerFile, workers });
}

async function peakOf(
	run: (watch: (pid: number) => void) => Promise<unknown>,
	folder: string,
): Promise<number> {
	let watch: ReturnType<typeof watchMemory> | undefined;
	try {
		await run((pid) => {
			watch = watchMemory(pid, folder);
		});
	} finally {
		watch?.stop();
	}
	return watch?.stop() ?? Number.NaN;
}

/** Resolves with the seconds from the launch of vitest to its exit. */
async function runSuite(
	project: Project,
	way: Way,
	{ files, workers }: SuiteBenchmark,
	watch: (pid: number) => void = () => {},
): Promise<number> {
	project.write(filesOf(way));
	const start = performance.now();
	const { child, passed } = startVitest(project, workers === undefined ? [] : [`--maxWorkers=${workers}`]);
	watch(child.pid ?? 0);
	const output = await passed;
	const seconds = (performance.now() - start) / 1000;
	if (!output.includes(`${files * testsPerFile} passed (${files * testsPerFile})`))
		throw new Error(`not all tests ran:\n${output}`);
	return seconds;
}
