import { machine } from '../machine.ts';
import { buildPackage } from '../vitest/build.ts';
import { makeProject, type Project } from '../vitest/project.ts';
import { startVitest } from '../vitest/run.ts';
import { type Round, type SuiteFigures, summarize } from './figures.ts';
import { watchMemory } from './memory.ts';
import { suiteFiles, testsInModule } from './modules.ts';
import { filesOf, type Way, ways } from './ways.ts';

export interface SuiteBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	readonly modules: number;
	/** How many modules run at a time; vitest's own choice without it. */
	readonly workers: number | undefined;
	readonly report: (line: string) => void;
}

/**
 * Runs the same tests in each way, in turn and several times over. Memory is watched in a round of its own, the first,
 * because that takes time itself; what has to be made once is made there as well.
 */
export async function measureSuite(benchmark: SuiteBenchmark): Promise<SuiteFigures> {
	const { root, rounds, modules, workers, report } = benchmark;
	using built = buildPackage(root);
	using project = makeProject(root, built.path);
	project.write(suiteFiles(modules));
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
	return summarize(measured, memory as Round, { ...machine(), modules, testsInModule, workers });
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

/** Resolves with the seconds from the launch of vitest to its end. */
async function runSuite(
	project: Project,
	way: Way,
	{ modules, workers }: SuiteBenchmark,
	watch: (pid: number) => void = () => {},
): Promise<number> {
	project.write(filesOf(way));
	const start = performance.now();
	const { child, passed } = startVitest(project, workers === undefined ? [] : [`--maxWorkers=${workers}`]);
	watch(child.pid ?? 0);
	const output = await passed;
	const seconds = (performance.now() - start) / 1000;
	if (!output.includes(`${modules * testsInModule} passed (${modules * testsInModule})`))
		throw new Error(`not all tests ran:\n${output}`);
	return seconds;
}
