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
	/** How often the fixtures have logged in to it. */
	logins = 0;
	readonly #database: TestDatabase;
	#ended = false;
	#endReported = false;
	#isReusable = false;

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
		const timeout = sleep(10_000, new Error('the server does not answer'), { ref: false });
		return serverEndedDuring(test, await Promise.race([this.#database.ended, timeout]));
	}

	/** Whether a later test file may use it, if it is like a new one then. */
	get isReusable(): boolean {
		return this.#isReusable;
	}

	/** Call before the first login. What a superuser or an owner does is not always undone by a rollback. */
	async prepareReuse(): Promise<void> {
		const ownsNothing = ![this.migrator.username, this.admin.username].includes(this.app.username);
		this.#isReusable = ownsNothing && (await this.isLikeNew());
	}

	/**
	 * The first query of a client. Where logins are counted, PostgreSQL counts it at once, and not only when it finds the
	 * counters unlocked.
	 */
	get firstQuery(): string {
		return this.#isReusable ? 'SELECT pg_stat_force_next_flush()' : 'SELECT 1';
	}

	/** Whether it is like a new one. Restores sequences. */
	async isLikeNew(): Promise<boolean> {
		if (this.#ended || this.isOutdated) return false;
		return (await this.#database.isLikeNew?.(this.logins).catch(() => false)) ?? false;
	}

	keep(connection: Connection): Promise<string | undefined> {
		return this.#database.keep(connection);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#database[Symbol.asyncDispose]();
	}
}
