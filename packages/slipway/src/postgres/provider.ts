import type { PostgresVersion } from '../postgres-versions.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { Removed } from './removed.ts';
import type { ServerSettings } from './server-settings.ts';
import type { SnapshotStore } from './snapshots/index.ts';
import type { Upgrades } from './upgrade.ts';

/** Options that every provider understands. */
export interface StartOptions {
	/** PostgreSQL's major version. Default: 18. */
	readonly version?: PostgresVersion | undefined;
	/**
	 * The image for a server in a container: PostgreSQL's, or one that is based on it. Default: `postgres:18`,
	 * or that of `version`.
	 */
	readonly image?: string | undefined;
	/** Where to keep the server's data from one start to the next. Default: it is removed with the server. */
	readonly directory?: string;
	/** The command that uses the directory, for the error of another process that wants to use it. */
	readonly command?: string;
	/** The port of 127.0.0.1 to listen on. Default: a free one. */
	readonly port?: number | undefined;
	/**
	 * Whether clients can encrypt their connections. Slipway creates a certificate for this machine, and the
	 * authority that signed it: `ssl.ca` of each login. Default: false.
	 */
	readonly ssl?: boolean | undefined;
	/**
	 * Whether clients can replicate, also logically: `wal_level`, ten senders and slots, and commits that wait
	 * for the disk. Default: false.
	 */
	readonly replication?: boolean | undefined;
	/** Server settings by PostgreSQL's names, such as `{ max_connections: '200' }`. */
	readonly settings?: ServerSettings;
}

/** Where servers come from. All providers are in `registry.ts`. */
export interface Provider {
	/** The name of the folder where a checkout keeps the state of its server. */
	readonly stateFolder: string;
	start(options: StartOptions): Promise<PostgresServer>;
	/** The server that another process runs on `directory`; undefined if it does not accept connections yet. */
	find(directory: string): Promise<PostgresServer | undefined>;
	/** The snapshots in `folder`, for servers without a directory. */
	snapshots(folder: string, options: StartOptions): Promise<SnapshotStore>;
	/** Replaces the data of servers with a directory by that of a later version. */
	readonly upgrades: Upgrades;
	/**
	 * Removes the snapshots in `folder`, and what the server of `directory` stores elsewhere. The caller has
	 * locked the directory, and removes it.
	 */
	erase(directory: string, folder: string): Promise<readonly Removed[]>;
}
