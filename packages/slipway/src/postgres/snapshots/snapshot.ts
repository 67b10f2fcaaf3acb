import { SlipwayError } from '../../errors.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { noteFailure, throwFailureSince } from './failure.ts';
import { takeLock } from './lock.ts';

/** Where a provider keeps prepared servers, each under the key of all that shaped it. */
export interface SnapshotStore {
	/** What of the provider shapes the data of its servers, for the keys. */
	readonly identity: readonly string[];
	has(key: string): Promise<boolean>;
	/** Starts a temporary server from a snapshot; undefined when there is none, or only an incomplete one. */
	start(key: string): Promise<PostgresServer | undefined>;
	/**
	 * Calls `prepare` with a server that starts from the snapshot `base`, or empty if that no longer exists, and keeps the
	 * result under `key`, where it appears at once and complete, or not at all.
	 */
	keep(
		key: string,
		base: string | undefined,
		prepare: (server: PostgresServer) => Promise<void>,
	): Promise<void>;
}

/** How a snapshot is created. */
export interface SnapshotSpec {
	/** The keys of the states that `prepare` passes through, the result last. It starts from the last one that is kept. */
	readonly keys: readonly [string, ...string[]];
	/** Brings the server, which may be in any of those states or empty, to the result. */
	readonly prepare: (server: PostgresServer) => Promise<void>;
	/** A state on the way that is worth keeping, for other snapshots to start from. */
	readonly base?: SnapshotSpec;
}

/**
 * Starts a server from the snapshot of `spec`, which is created first if it does not exist: by one process at a time,
 * while the others wait. `locks` is a folder that they share. If the creation fails, the processes that waited fail with
 * the same error, and a later one tries again.
 */
export async function startFromSnapshot(
	store: SnapshotStore,
	locks: string,
	spec: SnapshotSpec,
): Promise<PostgresServer> {
	const key = resultOf(spec);
	for (let attempt = 1; attempt <= 3; attempt++) {
		const server = await store.start(key);
		if (server !== undefined) return server;
		await ensureSnapshot(store, locks, spec);
	}
	throw new SlipwayError(
		'snapshot-lost',
		`the snapshot ${key} disappeared right after it was created`,
		'Check whether another program removes snapshots, then try again.',
	);
}

async function ensureSnapshot(store: SnapshotStore, locks: string, spec: SnapshotSpec): Promise<void> {
	const since = Date.now();
	const key = resultOf(spec);
	// Before the lock: two keys may share one.
	if (spec.base !== undefined && !(await store.has(key))) await ensureSnapshot(store, locks, spec.base);
	await using lock = await takeLock(locks, key);
	if (await store.has(key)) return;
	throwFailureSince(lock.file, key, since);
	try {
		await store.keep(key, await findBase(store, spec), spec.prepare);
	} catch (error) {
		noteFailure(lock.file, key, error);
		throw error;
	}
}

async function findBase(store: SnapshotStore, { keys }: SnapshotSpec): Promise<string | undefined> {
	for (const key of keys.toReversed()) if (await store.has(key)) return key;
	return undefined;
}

const resultOf = ({ keys }: SnapshotSpec) => keys[keys.length - 1] as string;
