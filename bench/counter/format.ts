import { formatTable } from 'slipway/bench';
import type { CounterFigures, RatioName } from './figures.ts';
import { type LoadName, loadNames } from './loads.ts';

const titles: Record<LoadName, string> = {
	service: 'this service',
	'in-memory': 'the same server, no database',
	'express-pg': 'Express 5 + pg',
	hits: 'hits of a named counter',
	'hits-with-key': 'hits with an Idempotency-Key',
};

/** The figures as tables. */
export function formatCounterFigures(figures: CounterFigures): string {
	const { machine, node, generator, postgres, connections, seconds, rounds } = figures;
	const conditions = [
		`${machine}; Node.js ${node}; ${postgres}`,
		`${generator}, ${connections} connections, median of ${rounds.length} rounds of ${seconds} s`,
	];
	const loads = formatTable(
		['', 'requests/s', 'p50 ms', 'p99 ms'],
		loadNames.map((name) => {
			const { requestsPerSecond, p50, p99 } = figures.loads[name];
			return [
				titles[name],
				Math.round(requestsPerSecond).toLocaleString('en'),
				p50.toFixed(2),
				p99.toFixed(2),
			];
		}),
	);
	const ratios = formatTable(
		['', 'ratio'],
		(Object.keys(figures.ratios) as RatioName[]).map((name) => [name, figures.ratios[name].toFixed(2)]),
	);
	return [conditions.join('\n'), loads, ratios].join('\n\n');
}
