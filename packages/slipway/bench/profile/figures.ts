import type { Machine } from '../machine.ts';
import { median } from '../median.ts';
import { type Phase, type Phases, phases } from './phases.ts';

/** Where the milliseconds of a test file go. */
export interface Profile {
	readonly way: ProfiledWay;
	readonly isolate: boolean;
	/** The median of each phase over the files. */
	readonly medians: Phases;
	/** Of the sums of the phases. */
	readonly total: number;
}

export interface ProfileFigures extends Machine {
	readonly rounds: number;
	/** How many test files were counted in each round. */
	readonly files: number;
	readonly profiles: readonly Profile[];
}

export const profiledWays = ['shared', 'server', 'database', 'transaction'] as const;
export type ProfiledWay = (typeof profiledWays)[number];

export function summarizeProfile(files: readonly Phases[]): Pick<Profile, 'medians' | 'total'> {
	const medianOf = (phase: Phase) => {
		const measured = files.map((file) => file[phase]).filter((milliseconds) => milliseconds !== undefined);
		return measured.length < files.length / 2 ? [] : [[phase, median(measured)] as const];
	};
	const sums = files.map((file) => Object.values(file).reduce((sum, milliseconds) => sum + milliseconds, 0));
	return { medians: Object.fromEntries(phases.flatMap(medianOf)), total: median(sums) };
}
