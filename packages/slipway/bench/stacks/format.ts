import { median } from '../median.ts';
import { formatTable } from '../table.ts';
import type { StackFigures, StackRound } from './measure.ts';
import { ways } from './stacks.ts';

/** The medians, in seconds. */
export function formatStacksFigures({ machine, node, rounds }: StackFigures): string {
	const table = (figure: 'cold' | 'second') =>
		formatTable(
			['', ...ways],
			Object.entries(rounds).map(([stack, measured]) => [stack, ...medians(measured, figure)]),
		);
	const count = Object.values(rounds)[0]?.length;
	return [
		`${machine}; Node.js ${node}; seconds, medians of ${count} rounds`,
		`installing it (and slipway init), and the first run of the tests\n${table('cold')}`,
		`second run of the tests\n${table('second')}`,
	].join('\n\n');
}

const medians = (measured: readonly StackRound[], figure: 'cold' | 'second') =>
	ways.map((way) => median(measured.map((round) => round[way][figure])).toFixed(1));
