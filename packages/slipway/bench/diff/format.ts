import { formatTable } from '../table.ts';
import { candidateNames, type DiffFigures, type Outcome } from './measure.ts';

/** A row for each case: the way there, and the way back where that ends otherwise. */
export function formatDiffFigures({ cases, notes }: DiffFigures): string {
	const rows = cases.map(({ name, outcomes }) => [
		name,
		...candidateNames.map((candidate) => describe(outcomes[candidate])),
	]);
	const right = candidateNames.map((candidate) => {
		const count = cases.filter(({ outcomes }) => describe(outcomes[candidate]) === 'right').length;
		return `${count} of ${cases.length}`;
	});
	return [formatTable(['', ...candidateNames], [...rows, ['right there and back', ...right]]), ...notes].join(
		'\n',
	);
}

function describe({ up, down }: { up: Outcome; down: Outcome }): string {
	return up === down ? up : `${up}, back ${down}`;
}
