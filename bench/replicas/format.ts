import { formatTable } from 'slipway/bench';
import type { DatabaseKind, ReplicasFigures } from './figures.ts';

const titles: Record<DatabaseKind, string> = {
	none: 'no database',
	primary: 'no standby',
	standby: 'a synchronous standby',
	'slow-standby': 'the same, 5 ms a commit',
};

/** The figures as a table. */
export function formatReplicasFigures(figures: ReplicasFigures): string {
	const { machine, node, generator, postgres, connections, seconds, rounds, situations } = figures;
	const conditions = [
		`${machine}; Node.js ${node}; ${postgres}`,
		`${generator}, ${connections} connections to all replicas, median of ${rounds.length} rounds of ${seconds} s`,
	];
	const table = formatTable(
		['', 'replicas', 'hits/s', 'statements/s', 'hits/statement', 'p99 ms', 'p99 ratio', 'fewest : most'],
		situations.map((each) => [
			titles[each.database],
			String(each.replicas),
			count(each.hitsPerSecond),
			...(each.database === 'none'
				? ['', '']
				: [count(each.hitsPerSecond / each.hitsPerStatement), each.hitsPerStatement.toFixed(1)]),
			each.p99.toFixed(2),
			each.p99Ratio.toFixed(2),
			each.evenness.toFixed(2),
		]),
	);
	return `${conditions.join('\n')}\n\n${table}`;
}

const count = (figure: number) => Math.round(figure).toLocaleString('en');
