import type { StartPostgresOptions } from '../../src/start-postgres.ts';

/** What a run of a suite found. */
export interface Counts {
	readonly passed: number;
	readonly failed: readonly string[];
}

/** The tests of another project, which expect a server of their own. */
export interface Suite {
	/** The name in the package.json of the checkout. */
	readonly name: string;
	/** Files of the checkout that its build writes. */
	readonly needs: readonly string[];
	/** What the suite needs of a server: options of `startPostgres` only. */
	readonly options: Pick<
		StartPostgresOptions,
		'logins' | 'databases' | 'port' | 'replication' | 'ssl' | 'settings'
	>;
	/** The login in `DATABASE_URL` and `PG…`: one of `logins`, or `admin`. */
	readonly as: string;
	/** The database in these variables. Default: `app`. */
	readonly database?: string;
	/** Runs the tests of the checkout in `folder`. */
	count(folder: string, environment: NodeJS.ProcessEnv): Promise<Counts>;
}
