import { UnavailableError } from '../database/unavailable-error.ts';
import { type ShareOptions, shareCalls, type Values } from './batch.ts';
import { KeyReusedError } from './counters.ts';

export interface KeyedHit {
	readonly key: string;
	readonly name: string;
	readonly by: number;
}

export interface KeyStore {
	/** Adds the hits whose keys are new, within `ms` milliseconds. Resolves with their values, by key. */
	claim(hits: readonly KeyedHit[], ms: number): Promise<ReadonlyMap<string, bigint>>;
	/** The hit that was counted with `key`, and its value. */
	recall(key: string): Promise<(KeyedHit & { readonly value: bigint }) | undefined>;
}

/** What `claim` says of a key that is not new. No hit gets it: the first value is 1. */
const usedBefore = 0n;

/**
 * Counts hits with the same key once. Hits that arrive during a call of `claim` share the next one. A hit whose key is
 * pending in this process waits for the same result; the store knows the keys of other processes, and of the last day.
 */
export function shareKeyedHits(
	store: KeyStore,
	options?: Omit<ShareOptions, 'countNew'>,
): (hit: KeyedHit) => Promise<bigint> {
	const pending = new Map<string, { readonly hit: KeyedHit; readonly value: Promise<bigint> }>();

	// The keys take the place of counters' names. Each is in a batch once.
	const claim = shareCalls(
		async (keys, ms) => {
			const hits = [...keys.keys()].flatMap((key) => pending.get(key)?.hit ?? []);
			const values = await store.claim(hits, ms);
			return new Map(hits.map(({ key }) => [key, values.get(key) ?? usedBefore]));
		},
		{ ...options, countNew },
	);

	async function count(hit: KeyedHit): Promise<bigint> {
		const value = await claim(hit.key);
		return value === usedBefore ? await recallSame(store, hit) : value;
	}

	return (hit) => {
		const same = pending.get(hit.key);
		if (same !== undefined) return isSame(hit, same.hit) ? same.value : Promise.reject(new KeyReusedError());
		const value = count(hit).finally(() => pending.delete(hit.key));
		pending.set(hit.key, { hit, value });
		return value;
	};
}

const countNew = (values: Values) => [...values.values()].filter((value) => value !== usedBefore).length;

async function recallSame(store: KeyStore, hit: KeyedHit): Promise<bigint> {
	const first = await store.recall(hit.key);
	if (first === undefined)
		throw new UnavailableError(
			'key-expired',
			'an idempotency key expired just now',
			'Send the request again.',
		);
	if (!isSame(hit, first)) throw new KeyReusedError();
	return first.value;
}

const isSame = (a: KeyedHit, b: KeyedHit) => a.name === b.name && a.by === b.by;
