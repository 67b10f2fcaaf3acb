import { SlipwayError } from '../../errors.ts';
import { takeLock } from '../file-lock.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { noteFailure, throwFailureSince } from './failure.ts';

/** Where a provider keeps prepared servers, each under a key of everything that shaped it. */
export interface SnapshotStore {
	/** What shapes the data of this provider's servers, for the keys: such as version and platform. */
	readonly identity: readonly string[];
	has(key: string): Promise<boolean>;
	/** Starts a temporary server from a snapshot; undefined if there is none, or a damaged one. */
	start(key: string): Promise<PostgresServer | undefined>;
	/**
	 * Starts a server from the snapshot `base`, or an empty one if that no longer exists, calls `prepare` with
	 * it, and keeps the result under `key`. A snapshot is never visible before it is complete.
	 */
	keep(
		key: string,
		base: string | undefined,
		prepare: (server: PostgresServer) => Promise<void>,
	): Promise<void>;
}

/** How a snapshot is created. */
export interface SnapshotSpec {
	/**
	 * The keys of the states that `prepare` passes through, the result last. It starts from the latest state
	 * that has a snapshot.
	 */
	readonly keys: readonly [string, ...string[]];
	/** Brings the server to the result, from any of these states or from empty. */
	readonly prepare: (server: PostgresServer) => Promise<void>;
	/** An intermediate state that is kept too, for other snapshots to start from. */
	readonly base?: SnapshotSpec;
}

/**
 * Starts a server from the snapshot of `spec`. If it does not exist, one process creates it while others
 * wait; `locks` is a folder that they share. If that fails, those that waited fail with the same error, and
 * later ones try again.
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
		'Make sure that no other program removes snapshots, then try again.',
	);
}

const fixForLocks =
	'Make the folder writable for this user, set the option "snapshots" to another folder, or turn snapshots off with "snapshots: false".';

async function ensureSnapshot(store: SnapshotStore, locks: string, spec: SnapshotSpec): Promise<void> {
	const since = Date.now();
	const key = resultOf(spec);
	// Not while holding the lock, since two keys may share one.
	if (spec.base !== undefined && !(await store.has(key))) await ensureSnapshot(store, locks, spec.base);
	await using lock = await takeLock(locks, key, fixForLocks);
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
