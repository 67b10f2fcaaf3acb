import { Counter, exponentialBuckets, Histogram, type Registry } from 'prom-client';

/** Runs a statement that `hits` share. `countNew` returns how many of them it has counted. */
type ObserveCall = <T>(hits: number, call: () => Promise<T>, countNew: (result: T) => number) => Promise<T>;

export function observeHits(registry: Registry): ObserveCall {
	const registers = [registry];
	const counted = new Counter({
		name: 'counter_hits_total',
		help: 'Hits that were counted, or whose statement failed. A repetition with the same Idempotency-Key is neither.',
		labelNames: ['result'],
		registers,
	});
	const batch = new Histogram({
		name: 'counter_batch_hits',
		help: 'Hits that share a statement.',
		buckets: exponentialBuckets(1, 2, 12),
		registers,
	});
	const duration = new Histogram({
		name: 'counter_batch_duration_seconds',
		help: 'Time that a statement for hits takes, until it is committed or has failed.',
		buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
		registers,
	});
	for (const result of ['counted', 'failed']) counted.inc({ result }, 0);
	return async (hits, call, countNew) => {
		const start = performance.now();
		try {
			const value = await call();
			counted.inc({ result: 'counted' }, countNew(value));
			return value;
		} catch (error) {
			counted.inc({ result: 'failed' }, hits);
			throw error;
		} finally {
			batch.observe(hits);
			duration.observe((performance.now() - start) / 1000);
		}
	};
}
