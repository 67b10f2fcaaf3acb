import { formatTable } from '../table.ts';
import { candidateNames, type DiffFigures, type Outcome } from './measure.ts';

/** Formats a row for each case: the outcome up, and the outcome down if it differs. */
export function formatDiffFigures({ cases, notes }: DiffFigures): string {
	const rows = cases.map(({ name, outcomes }) => [
		name,
		...candidateNames.map((candidate) => describe(outcomes[candidate])),
	]);
	const right = candidateNames.map((candidate) => {
		const count = cases.filter(({ outcomes }) => describe(outcomes[candidate]) === 'right').length;
		return `${count} of ${cases.length}`;
	});
	return [formatTable(['', ...candidateNames], [...rows, ['right up and down', ...right]]), ...notes].join(
		'\n',
	);
}

function describe({ up, down }: { up: Outcome; down: Outcome }): string {
	return up === down ? up : `${up}, down ${down}`;
}
