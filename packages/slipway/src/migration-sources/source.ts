import type { Connection } from '../connection/index.ts';
import type { MigrationTimeouts } from '../database/migrations/index.ts';
import type { DatabaseSettings } from '../settings/index.ts';

/** What brings a database to the current schema. Each form of the option `migrations` is one. */
export interface MigrationSource {
	/** Glob patterns, with absolute paths, of all files that shape the schema, those still to come included. */
	readonly patterns: readonly string[];
	/** What `migrate` applies, in order. A database that has the first of them gets the others. */
	steps(): Promise<readonly MigrationStep[]>;
	/** Applies what is missing. */
	migrate(target: MigrationTarget, options?: MigrationOptions): Promise<void>;
}

export interface MigrationStep {
	readonly name: string;
	/** A hash of everything that shapes the step's result. */
	readonly sha256: string;
}

/** The database to migrate. */
export interface MigrationTarget {
	readonly migrator: Connection;
	/** Undefined where no admin's login is known, as on servers that another party runs. */
	readonly admin?: Connection;
	readonly database: DatabaseSettings;
}

export interface MigrationOptions {
	/** Called with a line for each thing that the run waits for. */
	readonly onProgress?: (line: string) => void;
	/** Called with the name of each step once it is applied. */
	readonly onMigrated?: (name: string) => void;
	readonly timeouts?: MigrationTimeouts;
}
