import { expect, test } from 'vitest';
import {
	databases,
	type Measurement,
	replicaCounts,
	summarizeReplicas,
} from '../../bench/replicas/figures.ts';
import { formatReplicasFigures } from '../../bench/replicas/format.ts';

/** The p99 of one replica is `p99`, and each further one adds a millisecond. */
function round(p99: number): Measurement[] {
	return databases.flatMap((database) =>
		replicaCounts.map((replicas) => ({
			database,
			replicas,
			hitsPerSecond: 1000 * replicas,
			hitsPerStatement: 60 / replicas,
			p99: p99 + replicas - 1,
			evenness: 0.9,
		})),
	);
}

test('the figures of the replicas are medians, with ratios to one replica in the same round', () => {
	const conditions = { generator: 'wrk 4', postgres: 'PostgreSQL 18', connections: 60, seconds: 3 };
	const figures = summarizeReplicas([round(2), round(1), round(9)], conditions);
	expect(figures.situations.map(({ p99, p99Ratio }) => [p99, p99Ratio])).toEqual([
		...databases.flatMap(() => [
			[2, 1],
			[4, 2],
			[11, 5.5],
		]),
	]);
	expect(formatReplicasFigures(figures)).toMatch(
		/^a synchronous standby +10 +10,000 +1,667 +6\.0 +11\.00 +5\.50 +0\.90$/m,
	);
	expect(formatReplicasFigures(figures)).toMatch(/^no database +10 +10,000 +11\.00 +5\.50 +0\.90$/m);
});
