import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../machine.ts';
import { makeSuite, type Suite, type TestCode } from '../suite/suite.ts';
import { ways } from '../suite/ways.ts';
import { buildPackage } from '../vitest/build.ts';
import {
	type Profile,
	type ProfiledWay,
	type ProfileFigures,
	profiledWays,
	summarizeProfile,
} from './figures.ts';
import { type Phases, phasesOf } from './phases.ts';
import type { Timeline } from './timeline.ts';

export interface ProfileBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	/** How many test files of one test to run in each round. */
	readonly files: number;
	readonly report: (line: string) => void;
}

/** The first files of a run wait for what the others find ready. */
const notCounted = 3;

const project = join(import.meta.dirname, 'project');
const code: TestCode = {
	path: join(project, 'profile.test.js'),
	testsPerFile: 1,
	args: [`--execArgv=--import=${join(project, 'preload.js')}`],
};

/**
 * Runs test files one after another with each way of isolation in turn, for several rounds, and finds out where their
 * time goes.
 */
export async function measureProfile(benchmark: ProfileBenchmark): Promise<ProfileFigures> {
	const { root, rounds, files } = benchmark;
	using built = buildPackage(root);
	const profiles: Profile[] = [];
	for (const isolate of [true, false]) {
		const conditions = { files: files + notCounted, tables: 20, seedMb: 0, isolate, workers: 1 };
		using suite = makeSuite(root, built.path, conditions, code);
		profiles.push(...(await profileWays(suite, isolate, benchmark)));
	}
	return { ...machine(), rounds, files, profiles };
}

async function profileWays(
	suite: Suite,
	isolate: boolean,
	{ rounds, report }: ProfileBenchmark,
): Promise<Profile[]> {
	const measured = new Map(profiledWays.map((way) => [way, [] as Phases[]]));
	for (let round = 1; round <= rounds; round++)
		for (const [way, files] of measured) {
			report(`isolate: ${isolate}, round ${round} of ${rounds}: ${ways[way].title}`);
			files.push(...(await profile(suite, way)));
		}
	return profiledWays.map((way) => ({ way, isolate, ...summarizeProfile(measured.get(way) ?? []) }));
}

async function profile(suite: Suite, way: ProfiledWay): Promise<Phases[]> {
	const path = join(suite.folder, 'timeline.jsonl');
	rmSync(path, { force: true });
	await suite.run(way);
	const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
	const timelines = lines.map((line) => JSON.parse(line) as Timeline);
	return phasesOf(timelines).slice(notCounted);
}
