import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { RunnerTestCase } from 'vitest';
import { type ArrayType, type Login, learnArrays, toLogin, withClient } from '../connection/index.ts';
import type { LeakPolicy, PostgresOptions } from './check-options.ts';
import { ClientState } from './client-state.ts';
import { openFixtureClient } from './clients.ts';
import { environmentServer } from './environment-server.ts';
import { checkForLeaks, findLeakedConnections, fixtureApplication, type LeakedConnection } from './leaks.ts';
import { acquireTestServer, type TestServer } from './test-server.ts';
import {
	fullName,
	hasFailed,
	hintAtMissingRights,
	keepForInspection,
	nameWithLocation,
	serverEndedDuring,
} from './tests.ts';

type Test = Readonly<RunnerTestCase>;

/** Which test ran when, in milliseconds since the epoch. */
interface TestRun {
	readonly test: string;
	readonly from: number;
	readonly to: number;
}

/** How a test ended. */
interface TestEnd {
	/** When it began. */
	readonly from: number;
	/** No other test is running, so everything still running on the fixtures' clients is this test's. */
	readonly alone: boolean;
	readonly timedOut: boolean;
}

interface LeakOptions {
	readonly policy: LeakPolicy | undefined;
	/** The user that the application logs in as, whose pool may stay open. Without a policy, it is not looked for. */
	readonly application: string | undefined;
}

/** A server that all tests of a file share. */
export class SharedServer {
	readonly app: Login;
	readonly migrator: Login;
	/** In the app's database. */
	readonly admin: Login;
	/** Logged in as the app. */
	readonly sql: Sql;
	readonly #server: TestServer;
	readonly #leaks: LeakOptions;
	readonly #state: ClientState;
	/** Tells in which test a connection was opened. */
	readonly #runs: TestRun[] = [];
	#arrays: Promise<readonly ArrayType[]> | undefined;
	#ended: Error | undefined;
	#endedDuring = 'another test';
	#kept = false;

	private constructor(server: TestServer, leaks: LeakOptions) {
		this.#server = server;
		this.#leaks = leaks;
		this.app = server.app;
		this.migrator = server.migrator;
		this.admin = toLogin({ ...server.admin, database: server.app.database });
		this.sql = openFixtureClient(server.app);
		this.#state = new ClientState(this.sql);
		void server.ended.then((error) => {
			this.#ended = error;
		});
	}

	/** The server of the environment, if that has the same options. */
	static async start(options: PostgresOptions): Promise<SharedServer> {
		const shared = environmentServer(options);
		const server = shared ?? (await acquireTestServer(options));
		return new SharedServer(server, { policy: options.leaks, application: shared?.user });
	}

	/** The array types of the database. After this, `sql` reads and writes them, besides PostgreSQL's own. */
	async arrays(): Promise<readonly ArrayType[]> {
		this.#arrays ??= this.#learnArrays();
		return await this.#arrays;
	}

	/** `alone`: no other test is running. Throws `test-server-ended` if an earlier test ended the server. */
	checkBefore(alone: boolean): void {
		if (alone) this.#state.setBaseline();
		if (this.#ended !== undefined) throw serverEndedDuring(this.#endedDuring);
	}

	/**
	 * Throws `test-server-ended` if this test ended the server. Keeps the server of a test that failed
	 * otherwise.
	 */
	async checkAfter(test: Test, { from, alone, timedOut }: TestEnd): Promise<void> {
		this.#runs.push({ test: nameWithLocation(test), from, to: Date.now() });
		if (alone) this.#state.restore();
		if (hasFailed(test)) await this.#learnOfEnd();
		const isDiskFull = hasFailed(test) && (await import('./full-disk.ts')).explainFullDisk(test);
		if (this.#ended !== undefined) {
			this.#endedDuring = fullName(test);
			throw serverEndedDuring(this.#endedDuring, this.#ended);
		}
		if (alone && timedOut) await this.#endStatements();
		await hintAtMissingRights(test, this);
		if (!hasFailed(test) || this.#kept || isDiskFull) return;
		this.#kept = true;
		await keepForInspection(this.#server, this.app);
	}

	/** The end of the server becomes known later than the failure of a query: much later on a busy machine. */
	async #learnOfEnd(): Promise<void> {
		const untilEnd = (timeout: number) =>
			Promise.race([this.#server.ended, sleep(timeout, undefined, { ref: false })]);
		await untilEnd(200);
		if (this.#ended !== undefined) return;
		const answers = await withClient(this.admin, async () => true).catch(() => false);
		if (!answers) await untilEnd(5_000);
	}

	/** Throws `leaked-connections` if a test left some open. */
	async [Symbol.asyncDispose](): Promise<void> {
		try {
			if (this.#ended === undefined && !this.#kept) await this.#checkForLeaks();
		} finally {
			await this.sql.end({ timeout: 0 });
			await this.#server[Symbol.asyncDispose]();
		}
	}

	async #learnArrays(): Promise<readonly ArrayType[]> {
		// A test file may revoke the app's login, and use the other roles only.
		const arrays = await learnArrays(this.sql).catch(() => []);
		// No test has had `sql` yet.
		this.#state.setBaseline();
		return arrays;
	}

	/**
	 * Statements that no test waits for would block the connections of `sql` for later tests. A busy connection
	 * stays open, because the next query may already be queued on it. A connection left in a transaction is
	 * closed.
	 */
	async #endStatements(): Promise<void> {
		await withClient(
			this.admin,
			(superuser) => superuser`
				SELECT CASE state WHEN 'active' THEN pg_cancel_backend(pid) ELSE pg_terminate_backend(pid) END
				FROM pg_stat_activity
				WHERE application_name = ${fixtureApplication} AND state <> 'idle' AND datname = current_database()`,
		);
	}

	async #checkForLeaks(): Promise<void> {
		const { error } = await checkForLeaks({
			policy: this.#leaks.policy,
			find: () => this.#findLeakedConnections(),
			openedBy: (connection) => this.#openedBy(connection),
		});
		if (error !== undefined) throw error;
	}

	/**
	 * Uses `sql`, because a login takes time. Logs in separately only if tests occupy all connections of `sql`.
	 */
	async #findLeakedConnections(): Promise<readonly LeakedConnection[]> {
		const { database } = this.app;
		const { policy, application } = this.#leaks;
		const except = policy === undefined ? application : undefined;
		const found = findLeakedConnections(this.sql, database, except);
		found.catch(() => {}); // Its client may be closed before it gets a connection.
		const timeout = sleep(1_000, undefined, { ref: false });
		return (
			(await Promise.race([found, timeout])) ??
			(await withClient(this.admin, (superuser) => findLeakedConnections(superuser, database, except)))
		);
	}

	/** Compares the clocks of server and tests: the same one, unless containers run in a virtual machine. */
	#openedBy({ opened }: LeakedConnection): string {
		const time = opened?.getTime();
		if (time === undefined) return 'this test file';
		const tests = this.#runs.filter(({ from, to }) => from <= time && time <= to).map(({ test }) => test);
		return tests.length === 0 ? 'no test, but a hook or the top level of the test file' : tests.join(' or ');
	}
}
