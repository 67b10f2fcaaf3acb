import { describeRounds } from '../rounds.ts';
import { ways } from '../suite/ways.ts';
import { formatTable } from '../table.ts';
import type { Profile, ProfileFigures } from './figures.ts';
import { phases } from './phases.ts';

/** Formats the figures as two tables. */
export function formatProfile(figures: ProfileFigures): string {
	const { machine, node, rounds, files } = figures;
	const heading = [
		`${machine}; Node.js ${node}`,
		`milliseconds of a test file with one test, ${describeRounds(rounds)} of ${files} files that ran one after another`,
	];
	const tables = profileTables(figures).map(
		({ isolate, heads, rows }) => `isolate: ${isolate}\n${formatTable(heads, rows)}`,
	);
	return [heading.join('\n'), ...tables].join('\n\n');
}

interface ProfileTable {
	readonly isolate: boolean;
	readonly heads: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

/** With and without isolation: a column for each way, a row for each phase that takes time, and one for their sum. */
export function profileTables({ profiles }: ProfileFigures): ProfileTable[] {
	return [true, false].map((isolate) => {
		const columns = profiles.filter((profile) => profile.isolate === isolate);
		const rows = phases.map((phase) => [phase, ...columns.map(({ medians }) => shown(medians[phase]))]);
		return {
			isolate,
			heads: ['', ...columns.map(({ way }) => ways[way].title)],
			rows: [...rows.filter(isMeasured), ['all', ...columns.map(({ total }: Profile) => shown(total))]],
		};
	});
}

const isMeasured = ([, ...cells]: readonly string[]) => cells.some((cell) => cell !== '' && cell !== '0.0');

const shown = (milliseconds: number | undefined) => milliseconds?.toFixed(1) ?? '';
