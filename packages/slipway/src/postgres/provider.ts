import type { PostgresServer } from './postgres-server.ts';
import type { ServerSettings } from './server-settings.ts';
import type { SnapshotStore } from './snapshots/index.ts';

/** What a provider starts a server with. */
export interface StartOptions {
	/** The image of a server in a container: PostgreSQL's, or one that is built on it. Default: `postgres:18`. */
	readonly image?: string | undefined;
	/** Keeps the server's data, from one start to the next. Without it they end with the server. */
	readonly directory?: string;
	/** The command that uses the directory, for the message to one that comes second. */
	readonly command?: string;
	/** Server settings by PostgreSQL's names, such as `{ max_connections: '200' }`. */
	readonly settings?: ServerSettings;
}

/** Something that a provider removed. */
export interface Removed {
	readonly kind: 'volume' | 'image' | 'snapshot';
	readonly name: string;
}

/** Where servers come from. `registry.ts` has them all. */
export interface Provider {
	/** The name of the folder in which a checkout keeps the state of its server. */
	readonly stateFolder: string;
	start(options: StartOptions): Promise<PostgresServer>;
	/** The server that another process runs on `directory`; undefined when it does not take connections yet. */
	find(directory: string): Promise<PostgresServer | undefined>;
	/** The snapshots that are kept in `folder`, for servers without a directory. */
	snapshots(folder: string, options: StartOptions): Promise<SnapshotStore>;
	/**
	 * Removes the snapshots in `folder`, and what the server of `directory` keeps elsewhere. The caller has locked the
	 * directory, and removes it.
	 */
	erase(directory: string, folder: string): Promise<readonly Removed[]>;
}
