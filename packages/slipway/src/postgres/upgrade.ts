import type { PostgresVersion } from '../postgres-versions.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { Removed } from './removed.ts';
import type { ServerSettings } from './server-settings.ts';

export interface UpgradeOptions {
	/** The version of the data. */
	readonly from: PostgresVersion;
	readonly to: PostgresVersion;
	/** The images of servers in containers. Default: PostgreSQL's of these versions. */
	readonly fromImage?: string | undefined;
	readonly toImage?: string | undefined;
	/** The command that uses the directory, for the error of another process that wants to use it. */
	readonly command: string;
}

/** The server of existing data, on which sessions are read-only by default, and an empty one of a later version. */
export interface UpgradeServers extends AsyncDisposable {
	readonly from: PostgresServer;
	readonly to: PostgresServer;
	/** Stops both, and puts the later data in the place of the earlier, which is kept. Resolves with where that is. */
	publish(): Promise<string>;
}

/** They choose the version of the server. */
export interface ImageSettings {
	readonly image?: string | undefined;
	readonly version?: PostgresVersion | undefined;
}

/** How a provider replaces the data of one version with that of another. */
export interface Upgrades {
	/** The version of the data of `directory`; undefined if there is none. `image`: one that is there anyway. */
	versionOf(directory: string, image?: string): Promise<number | undefined>;
	/**
	 * Starts both servers, and removes what an interrupted upgrade left. Throws what `startServer` throws, and
	 * `upgrade-not-finished` if the data of an earlier upgrade is still kept.
	 */
	start(directory: string, options: UpgradeOptions): Promise<UpgradeServers>;
	/** Completes an upgrade that was interrupted at its end, after which `versionOf` is the later version. */
	complete(directory: string, image?: string): Promise<void>;
	/** Removes the data that was kept. Throws `old-data-in-use` if these settings are for that. */
	finish(directory: string, settings: ImageSettings): Promise<readonly Removed[]>;
	/** Whether the data is in the directory, and not on the disk of a container engine. */
	readonly inDirectory: boolean;
}

/** For the server of the existing data. */
export const readOnlySettings: ServerSettings = { default_transaction_read_only: 'on', autovacuum: 'off' };

/** For the server that is filled. Its files are written to the disk at the end, and useless before. */
export const loadSettings: ServerSettings = {
	fsync: 'off',
	full_page_writes: 'off',
	synchronous_commit: 'off',
	wal_level: 'minimal',
	max_wal_senders: '0',
	max_wal_size: '4GB',
	checkpoint_timeout: '1h',
	autovacuum: 'off',
	maintenance_work_mem: '256MB',
	// One transaction creates all objects of a database.
	max_locks_per_transaction: '1024',
};
