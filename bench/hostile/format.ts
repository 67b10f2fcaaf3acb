import { formatTable } from 'slipway/bench';
import { type HostileFigures, type Situation, situations } from './figures.ts';

const titles: Record<Situation, string> = {
	quiet: 'alone',
	unread: '400 pipeline 64 KB, never read',
	fed: '100 pipeline without end',
	unfinished: '5,000 send half a request',
};

/** The figures as a table. */
export function formatHostileFigures(figures: HostileFigures): string {
	const { machine, node, generator, connections, seconds, rounds } = figures;
	const conditions =
		`${machine}; Node.js ${node}\n` +
		`${generator}, ${connections} connections, median of ${rounds.length} rounds of ${seconds} s`;
	const rows = situations.map((situation) => {
		const { requestsPerSecond, p50, p99, memory, logged } = figures.situations[situation];
		return [
			titles[situation],
			Math.round(requestsPerSecond).toLocaleString('en'),
			p50.toFixed(2),
			p99.toFixed(2),
			figures.slowdown[situation].toFixed(2),
			(memory / 2 ** 20).toFixed(0),
			(logged / 1024).toFixed(1),
		];
	});
	const heads = [
		'beside hostile clients',
		'requests/s',
		'p50 ms',
		'p99 ms',
		'p99 ratio',
		'memory MB',
		'log KB',
	];
	return `${conditions}\n\n${formatTable(heads, rows)}`;
}
