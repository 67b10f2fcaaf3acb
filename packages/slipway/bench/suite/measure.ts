import { machine } from '../machine.ts';
import { buildPackage } from '../vitest/build.ts';
import { compareWays } from './compare.ts';
import type { Conditions } from './conditions.ts';
import { type SuiteFigures, summarize } from './figures.ts';
import { watchMemory } from './memory.ts';
import { makeSuite, type Suite } from './suite.ts';
import type { WayName } from './ways.ts';

export interface SuiteBenchmark {
	/** The project's folder. */
	readonly root: string;
	/** The folder of the built package. Default: builds it. */
	readonly built?: string;
	readonly rounds: number;
	readonly conditions: Conditions;
	/** The ways to compare. */
	readonly compared: readonly WayName[];
	readonly report: (line: string) => void;
}

/**
 * Runs the same tests with each way of isolation. The first, untimed round measures memory, because that takes time
 * itself.
 */
export async function measureSuite(benchmark: SuiteBenchmark): Promise<SuiteFigures> {
	const { root, conditions, compared, rounds, report } = benchmark;
	using built = buildPackage(root, benchmark.built);
	using suite = makeSuite(root, built.path, conditions);
	const { first: memory, ...measured } = await compareWays({
		...{ compared, rounds, report, unit: 's' },
		warmUp: (way) => peakOf(suite, way),
		run: (way) => suite.run(way),
	});
	return summarize({ ...machine(), conditions, memory, ...measured });
}

async function peakOf(suite: Suite, way: WayName): Promise<number> {
	let watch: ReturnType<typeof watchMemory> | undefined;
	try {
		await suite.run(way, {
			onStart: (pid) => {
				watch = watchMemory(pid, suite.servers);
			},
		});
	} finally {
		watch?.stop();
	}
	return watch?.stop() ?? Number.NaN;
}
