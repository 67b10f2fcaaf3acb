import { setTimeout as sleep } from 'node:timers/promises';
import type { ArrayType, Connection, Login } from '../connection/index.ts';
import type { SlipwayError } from '../errors.ts';
import type { CheckRequest, Findings } from './findings.ts';
import type { TestDatabase } from './test-databases.ts';
import { serverEndedDuring } from './tests.ts';

/** A test's own database. */
export class Clone {
	readonly app: Login;
	readonly migrator: Login;
	readonly admin: Login;
	/** The array types of the database. */
	readonly arrays: readonly ArrayType[];
	/** Whether a test has had the superuser's login, which can change the server for other tests. */
	usedAsAdmin = false;
	/** Whether another test has changed its server, so that no further test may use it. */
	isOutdated = false;
	readonly #database: TestDatabase;
	#ended = false;
	#endReported = false;

	constructor(database: TestDatabase) {
		this.#database = database;
		this.app = database.app;
		this.migrator = database.migrator;
		this.admin = database.admin;
		this.arrays = database.arrays;
		// Where the project has no roles, each login is the superuser's.
		this.usedAsAdmin = database.app.username === database.admin.username;
		void database.ended.then(() => {
			this.#ended = true;
		});
	}

	/** Whether the server is known to have ended. Does not query it. */
	get hasEnded(): boolean {
		return this.#ended;
	}

	/** Whether a test has failed with the error of `endedDuring`. */
	get endReported(): boolean {
		return this.#endReported;
	}

	/** What the test has left; undefined if its server has ended. */
	async check(request: CheckRequest): Promise<Findings | undefined> {
		if (this.#ended) return undefined;
		return await this.#database.check(request).catch(() => {
			this.#ended = true;
			return undefined;
		});
	}

	async isAlive(): Promise<boolean> {
		return (await this.check({ leaks: false, changes: false })) !== undefined;
	}

	/** The error for the test that the server ended in. Its cause arrives a little later than the first failed query. */
	async endedDuring(test: string): Promise<SlipwayError> {
		this.#endReported = true;
		const timeout = sleep(2_000, new Error('the server does not answer'), { ref: false });
		return serverEndedDuring(test, await Promise.race([this.#database.ended, timeout]));
	}

	keep(connection: Connection): Promise<string | undefined> {
		return this.#database.keep(connection);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#database[Symbol.asyncDispose]();
	}
}
