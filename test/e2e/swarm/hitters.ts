import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between the hits of a client, so that the load leaves time for what is tested. */
const pause = 20;

/** What the clients of a counter have seen. */
export interface Hits {
	/** The acknowledged numbers. */
	readonly numbers: number[];
	/** Attempts that were not answered with a number, in the order in which they failed. */
	readonly failures: string[];
	/** When the last attempt that was acknowledged had been sent. */
	lastSent: number;
}

/** Disposing of them aborts the hits that are not acknowledged. */
export interface Hitters extends AsyncDisposable {
	readonly hits: Hits;
	/** Lets the clients finish the hits that they have begun. Resolves when all are acknowledged. */
	stop(): Promise<void>;
}

/**
 * Clients that hit the counter `name` of `service`, whose address may change, until they are stopped. Each repeats a hit
 * with the same `Idempotency-Key` until it is acknowledged, so that in the end the counter's value is the number of hits.
 */
export function startHitters(service: { readonly address: string }, name: string, clients: number): Hitters {
	const hits: Hits = { numbers: [], failures: [], lastSent: 0 };
	let wanted = true;
	const aborted = new AbortController();
	const done = Promise.all(
		Array.from({ length: clients }, async () => {
			while (wanted) {
				await hitUntilAcknowledged(() => `${service.address}api/counters/${name}`, hits, aborted.signal);
				await sleep(pause);
			}
		}),
	);
	const stop = async () => {
		wanted = false;
		await done;
	};
	return {
		hits,
		stop,
		[Symbol.asyncDispose]: async () => {
			aborted.abort();
			await stop();
		},
	};
}

async function hitUntilAcknowledged(url: () => string, hits: Hits, aborted: AbortSignal): Promise<void> {
	const key = randomUUID();
	while (!aborted.aborted) {
		const sent = performance.now();
		try {
			const response = await fetch(url(), {
				method: 'POST',
				headers: { 'Idempotency-Key': key },
				signal: AbortSignal.any([aborted, AbortSignal.timeout(10_000)]),
			});
			const text = await response.text();
			if (!response.ok) throw new Error(`${response.status} ${text}`);
			hits.numbers.push((JSON.parse(text) as { count: number }).count);
			hits.lastSent = Math.max(hits.lastSent, sent);
			return;
		} catch (error) {
			const { message, cause } = error as Error;
			hits.failures.push(`${message} ${cause instanceof Error ? cause.message : ''}`);
			await sleep(50);
		}
	}
}
