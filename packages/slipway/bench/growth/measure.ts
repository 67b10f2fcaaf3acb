import { machine } from '../machine.ts';
import { compareWays } from '../suite/compare.ts';
import { type Conditions, testsPerFile } from '../suite/conditions.ts';
import { makeSuite } from '../suite/suite.ts';
import { type Way, type WayName, ways } from '../suite/ways.ts';
import { buildPackage } from '../vitest/build.ts';
import { type AxisName, axes } from './axes.ts';
import type { GrowthFigures, Point } from './figures.ts';

export interface GrowthBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	readonly isolate: boolean;
	/** What grows. */
	readonly growing: readonly AxisName[];
	/** The ways to compare. */
	readonly compared: readonly WayName[];
	readonly report: (line: string) => void;
}

type Measured = Pick<Point, 'rounds' | 'missing'>;

/** Runs the same tests with each way of isolation while the suite, the schema or the seed grows. */
export async function measureGrowth(benchmark: GrowthBenchmark): Promise<GrowthFigures> {
	const { root, isolate, growing } = benchmark;
	using built = buildPackage(root);
	/** By conditions: the axes start from the same suite. */
	const known = new Map<string, Measured>();
	const points: Point[] = [];
	for (const axis of growing)
		for (const value of axes[axis].values) {
			benchmark.report(`${value} ${axes[axis].unit}`);
			const conditions = { ...axes[axis].sizeAt(value), isolate, workers: undefined };
			const key = JSON.stringify([conditions, compared(axis, conditions, benchmark)]);
			const measured = known.get(key) ?? (await measureAt(axis, conditions, built.path, benchmark));
			known.set(key, measured);
			points.push({ axis, value, ...measured });
		}
	return { ...machine(), isolate, points };
}

async function measureAt(
	axis: AxisName,
	conditions: Conditions,
	dist: string,
	benchmark: GrowthBenchmark,
): Promise<Measured> {
	using suite = makeSuite(benchmark.root, dist, conditions);
	const { rounds, report } = benchmark;
	const { first, ...measured } = await compareWays({
		...{ compared: compared(axis, conditions, benchmark), rounds, report, unit: 'ms per test', goesOn: true },
		warmUp: (way) => suite.run(way, { files: 1 }),
		async run(way) {
			const files = filesOf(way, conditions);
			return ((await suite.run(way, { files })) * 1000) / (files * testsPerFile);
		},
	});
	return measured;
}

/** A way with limits is measured up to them. Where something else than the number of files grows, it runs fewer files. */
function compared(axis: AxisName, conditions: Conditions, benchmark: GrowthBenchmark): WayName[] {
	return benchmark.compared.filter((way) => {
		const { most }: Way = ways[way];
		const isFull = filesOf(way, conditions) === conditions.files;
		return (axis !== 'files' || isFull) && conditions.seedMb <= (most?.seedMb ?? Number.POSITIVE_INFINITY);
	});
}

function filesOf(way: WayName, { files }: Conditions): number {
	const { most }: Way = ways[way];
	return Math.min(files, most?.files ?? files);
}
