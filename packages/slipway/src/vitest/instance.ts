import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { RunnerTestCase } from 'vitest';
import { type ArrayType, type Login, learnArrays, withClient } from '../connection/index.ts';
import type { PostgresOptions } from './check-options.ts';
import { ClientState } from './client-state.ts';
import { openFixture } from './clients.ts';
import { findStrangers, fixtureApplication, leakFault, type Stranger } from './leaks.ts';
import { acquireServer, type ModuleServer } from './module-server.ts';
import { fullName, hasFailed, keepForLook, nameWithPlace, serverLost } from './tests.ts';

type Test = Readonly<RunnerTestCase>;

interface Run {
	readonly test: string;
	readonly from: number;
	readonly to: number;
}

/** How a test has ended. */
interface End {
	/** When it began. */
	readonly from: number;
	/** No other test runs, so that what is left of this one on the fixtures' clients is its own. */
	readonly alone: boolean;
	/** Its time was over. */
	readonly overdue: boolean;
}

/** A server that all tests of a module use together, and what becomes of it while they run. */
export class Instance {
	readonly app: Login;
	readonly migrator: Login;
	readonly admin: Login;
	/** Logged in as the app. */
	readonly sql: Sql;
	readonly #server: ModuleServer;
	readonly #state: ClientState;
	/** When each test ran, to tell in which of them a connection was opened. */
	readonly #runs: Run[] = [];
	#arrays: Promise<readonly ArrayType[]> | undefined;
	#lost: Error | undefined;
	#lostDuring = 'another test';
	#kept = false;

	constructor(server: ModuleServer) {
		this.#server = server;
		this.app = server.app;
		this.migrator = server.migrator;
		this.admin = server.admin;
		this.sql = openFixture(server.app);
		this.#state = new ClientState(this.sql);
		void server.ended.then((error) => {
			this.#lost = error;
		});
	}

	static async start(options: PostgresOptions): Promise<Instance> {
		return new Instance(await acquireServer(options));
	}

	/** What `sql` reads and writes as arrays from then on, besides those of PostgreSQL's own types. */
	async arrays(): Promise<readonly ArrayType[]> {
		this.#arrays ??= this.#learnArrays();
		return await this.#arrays;
	}

	/** `alone`: no other test runs. Throws `test-server-ended` when an earlier test has ended the server. */
	checkBefore(alone: boolean): void {
		if (alone) this.#state.keep();
		if (this.#lost !== undefined) throw serverLost(this.#lostDuring);
	}

	/** Throws `test-server-ended` when this test has; keeps the server of a test that failed otherwise. */
	async checkAfter(test: Test, { from, alone, overdue }: End): Promise<void> {
		this.#runs.push({ test: nameWithPlace(test), from, to: Date.now() });
		if (alone) this.#state.restore();
		// News of the server's end come a little later than the failure of a query.
		if (hasFailed(test)) await Promise.race([this.#server.ended, sleep(200, undefined, { ref: false })]);
		if (this.#lost !== undefined) {
			this.#lostDuring = fullName(test);
			throw serverLost(this.#lostDuring, this.#lost);
		}
		if (alone && overdue) await this.#endStatements();
		if (!hasFailed(test) || this.#kept) return;
		this.#kept = true;
		await keepForLook(this.#server, this.app);
	}

	/** Throws `leaked-connections` where a test left some open. */
	async [Symbol.asyncDispose](): Promise<void> {
		try {
			if (this.#lost === undefined && !this.#kept) await this.#checkForLeaks();
		} finally {
			await this.sql.end({ timeout: 0 });
			await this.#server[Symbol.asyncDispose]();
		}
	}

	async #learnArrays(): Promise<readonly ArrayType[]> {
		// A test may keep the app from logging in, and have the other roles do so.
		const arrays = await learnArrays(this.sql).catch(() => []);
		// No test has had `sql` yet.
		this.#state.keep();
		return arrays;
	}

	/**
	 * What nobody waits for any more would keep the connections of `sql` from the tests to come. One that runs a statement
	 * stays, for the next query may be on its way to it; one that is left in a transaction is nobody else's.
	 */
	async #endStatements(): Promise<void> {
		await withClient(
			this.admin,
			(superuser) => superuser`
				SELECT CASE state WHEN 'active' THEN pg_cancel_backend(pid) ELSE pg_terminate_backend(pid) END
				FROM pg_stat_activity WHERE application_name = ${fixtureApplication} AND state <> 'idle'`,
		);
	}

	async #checkForLeaks(): Promise<void> {
		const strangers = await this.#findStrangers();
		if (strangers.length > 0) throw leakFault(strangers, (stranger) => this.#openedBy(stranger));
	}

	/** With a login of its own only where tests have kept all connections of `sql`, for a login takes a while. */
	async #findStrangers(): Promise<readonly Stranger[]> {
		const { database } = this.app;
		const found = findStrangers(this.sql, database);
		found.catch(() => {}); // Its client may be closed before it has its turn.
		const patience = sleep(1_000, undefined, { ref: false });
		return (
			(await Promise.race([found, patience])) ??
			(await withClient(this.admin, (superuser) => findStrangers(superuser, database)))
		);
	}

	/** The server's clock is this machine's, but for containers in a virtual machine of their own. */
	#openedBy({ opened }: Stranger): string {
		const time = opened?.getTime();
		if (time === undefined) return 'this module';
		const tests = this.#runs.filter(({ from, to }) => from <= time && time <= to).map(({ test }) => test);
		return tests.length === 0 ? 'no test, but a hook or the module itself' : tests.join(' or ');
	}
}
