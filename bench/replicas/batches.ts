import type { Target } from '../counter/targets.ts';

export interface Batches {
	readonly statements: number;
	/** That shared them. */
	readonly hits: number;
}

/** What the replicas have sent to the database since their start, from their metrics. */
export async function readBatches(targets: readonly Target[]): Promise<Batches> {
	const pages = await Promise.all(
		targets.map(async ({ address }) => (await fetch(`${address}metrics`)).text()),
	);
	const sum = (metric: string) =>
		pages.map((page) => valueIn(page, metric)).reduce((total, value) => total + value, 0);
	return { statements: sum('counter_batch_hits_count'), hits: sum('counter_batch_hits_sum') };
}

function valueIn(page: string, metric: string): number {
	const value = new RegExp(`^${metric} (\\S+)$`, 'm').exec(page)?.[1];
	if (value === undefined) throw new Error(`the metrics have no ${metric}`);
	return Number(value);
}
