import type Docker from 'dockerode';
import { SlipwayError } from '../../src/errors.ts';
import { connectEngine } from '../../src/postgres/index.ts';
import { buildPackage } from '../vitest/build.ts';
import { makeProject, type Project } from '../vitest/project.ts';
import { startVitest } from '../vitest/run.ts';
import { placeBystanders } from './bystanders.ts';
import { describePlan, makePlan, type Plan, type Provider } from './plan.ts';
import { projectFiles } from './project-files.ts';
import { randomNumbers } from './random.ts';
import { type Field, killAndLook } from './round.ts';

export interface LeftoversBenchmark {
	/** The project's folder. */
	readonly root: string;
	/** The folder of the built package. Default: builds it. */
	readonly built?: string;
	readonly rounds: number;
	/** Determines the moments and choices. */
	readonly seed: number;
	readonly report: (line: string) => void;
}

export interface LeftoversFigures {
	readonly seed: number;
	/** Why a provider was not tested. */
	readonly missing: Readonly<Record<string, string>>;
	/** One plan per round. */
	readonly plans: readonly Plan[];
	/** The leftovers and harm of the last round, if any. */
	readonly finding?: { readonly plan: Plan; readonly left: readonly string[] };
}

/** Kills runs of vitest at random moments. Stops at the first round that leaves or harms something. */
export async function countLeftovers(benchmark: LeftoversBenchmark): Promise<LeftoversFigures> {
	const { root, rounds, seed, report } = benchmark;
	report(`seed ${seed}`);
	const { docker, missing } = await findEngine();
	using built = buildPackage(root, benchmark.built);
	using project = makeProject(root, built.path);
	await using bystanders = await placeBystanders(project, docker);
	const field = { project, docker, bystanders };
	const durations = await measureDurations(
		project,
		docker === undefined ? ['embedded'] : ['embedded', 'container'],
	);
	const random = randomNumbers(seed);
	const plans: Plan[] = [];
	for (let round = 0; round < rounds; round++) {
		const plan = makePlan(round, random, durations);
		report(describePlan(plan));
		plans.push(plan);
		const left = await killOnce(field, plan);
		if (left.length > 0) return { seed, missing, plans, finding: { plan, left } };
	}
	return { seed, missing, plans };
}

async function findEngine(): Promise<{ docker: Docker | undefined; missing: Record<string, string> }> {
	try {
		return { docker: (await connectEngine()).docker, missing: {} };
	} catch (error) {
		if (!(error instanceof SlipwayError)) throw error;
		return { docker: undefined, missing: { container: error.message } };
	}
}

/** The duration of an undisturbed run, in milliseconds. */
async function measureDurations(
	project: Project,
	providers: readonly Provider[],
): Promise<Partial<Record<Provider, number>>> {
	const durations: Partial<Record<Provider, number>> = {};
	for (const provider of providers) {
		project.write(projectFiles({ provider, cold: false, round: 0 }));
		const start = performance.now();
		await startVitest(project).passed;
		durations[provider] = performance.now() - start;
	}
	return durations;
}

/** If the run ended before it could be killed, tries again at half the time. */
async function killOnce(field: Field, plan: Plan): Promise<string[]> {
	const left = await killAndLook(field, plan);
	return left ?? (await killOnce(field, { ...plan, moment: plan.moment * 0.5 }));
}
