import { type Machine, machine, median } from 'slipway/bench';

export const replicaCounts = [1, 3, 10] as const;
/** What a hit waits for: nothing, the primary, or the standby too, whose disk or network may take longer. */
export const databases = ['none', 'primary', 'standby', 'slow-standby'] as const;
export type DatabaseKind = (typeof databases)[number];

export interface Situation {
	readonly database: DatabaseKind;
	readonly replicas: number;
}

export interface Measurement extends Situation {
	/** Of all replicas together. */
	readonly hitsPerSecond: number;
	/** Hits that share a statement, on average. Not a number without a database. */
	readonly hitsPerStatement: number;
	/** Milliseconds; the 99th percentile that is highest of all replicas. */
	readonly p99: number;
	/** The hits of the replica that got the fewest, divided by those of the one that got most. */
	readonly evenness: number;
}

export interface Conditions {
	readonly generator: string;
	readonly postgres: string;
	readonly connections: number;
	readonly seconds: number;
}

export interface ReplicasFigures extends Conditions, Machine {
	/** Medians over the rounds. */
	readonly situations: readonly (Measurement & {
		/** The p99 divided by that of one replica with the same database, in the same round. */
		readonly p99Ratio: number;
	})[];
	readonly rounds: readonly (readonly Measurement[])[];
}

export function summarizeReplicas(
	rounds: readonly (readonly Measurement[])[],
	conditions: Conditions,
): ReplicasFigures {
	const situations = databases.flatMap((database) =>
		replicaCounts.map((replicas) => ({ database, replicas })),
	);
	return {
		...conditions,
		...machine(),
		situations: situations.map((situation) => {
			const overRounds = (figure: (round: readonly Measurement[]) => number) => median(rounds.map(figure));
			return {
				...situation,
				hitsPerSecond: overRounds((round) => find(round, situation).hitsPerSecond),
				hitsPerStatement: overRounds((round) => find(round, situation).hitsPerStatement),
				p99: overRounds((round) => find(round, situation).p99),
				evenness: overRounds((round) => find(round, situation).evenness),
				p99Ratio: overRounds(
					(round) => find(round, situation).p99 / find(round, { ...situation, replicas: 1 }).p99,
				),
			};
		}),
		rounds,
	};
}

function find(round: readonly Measurement[], { database, replicas }: Situation): Measurement {
	const found = round.find((each) => each.database === database && each.replicas === replicas);
	if (found === undefined) throw new Error(`the round has no figures of ${replicas} replicas, ${database}`);
	return found;
}
