import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Machine, machine } from '../machine.ts';
import { buildPackage } from '../vitest/build.ts';
import { type Base, installBase, measureWay, type Round } from './project.ts';
import { stacks, type Way, ways } from './stacks.ts';

export interface StacksBenchmark {
	/** The folder of the repository. */
	readonly root: string;
	readonly rounds: number;
	/** The example projects to measure. Default: all. */
	readonly only: readonly string[];
	readonly report: (line: string) => void;
}

export type StackRound = Readonly<Record<Way, Round>>;

export interface StackFigures extends Machine {
	/** Every round of each stack. */
	readonly rounds: Readonly<Record<string, readonly StackRound[]>>;
}

/**
 * Measures the example projects with Slipway, Testcontainers and PGlite in turn, each on a new copy: installing it and
 * the first run of the tests, and the second run. The first round also fills the caches of the package managers.
 */
export async function measureStacks(benchmark: StacksBenchmark): Promise<StackFigures> {
	const { root, only, report } = benchmark;
	using built = buildPackage(root);
	const args = ['pack', '--silent', '--pack-destination', built.path];
	const name = execFileSync('npm', args, { cwd: built.path, encoding: 'utf8' }).trim();
	const rounds: Record<string, StackRound[]> = {};
	for (const stack of only.length > 0 ? only : Object.keys(stacks)) {
		report(`${stack}: installing`);
		using base = await installBase(root, stack, join(built.path, name));
		rounds[stack] = await measureStack(base, benchmark);
	}
	return { ...machine(), rounds };
}

async function measureStack(base: Base, { rounds, report }: StacksBenchmark): Promise<StackRound[]> {
	const measured: StackRound[] = [];
	for (let round = 1; round <= rounds; round++) {
		const seconds: Partial<Record<Way, Round>> = {};
		for (const way of ways) {
			const figures = await measureWay(base, way);
			report(
				`${base.name}: round ${round} of ${rounds}: ${way}: ${figures.cold.toFixed(1)} s, then ${figures.second.toFixed(1)} s`,
			);
			seconds[way] = figures;
		}
		measured.push(seconds as StackRound);
	}
	return measured;
}
