import type { Sql } from 'postgres';
import type { RunnerTestCase } from 'vitest';
import { throwAll } from '../errors.ts';
import type { PostgresOptions } from './check-options.ts';
import { openFixtureClient } from './clients.ts';
import { Clone } from './clone.ts';
import { sharedServerChanged } from './findings.ts';
import { checkForLeaks } from './leaks.ts';
import { openTestDatabases, type TestDatabases } from './test-databases.ts';
import {
	fullName,
	hintAtMissingRights,
	keepForInspection,
	nameWithLaterTest,
	nameWithLocation,
} from './tests.ts';

type Task = Readonly<RunnerTestCase>;

/** A clone with a client that is already logged in as the app. */
export interface ConnectedClone {
	readonly clone: Clone;
	readonly sql: Sql;
}

/** How many clones to log in to ahead. Two at once keep up with tests that take no time. */
const maxSpares = 2;

/**
 * The databases of a test file's tests, each a clone of the migrated one. Some are acquired ahead of need. If a test has
 * ended or changed their server, the next test gets a database on another.
 */
export class Clones {
	/** That of all clones with the same options. */
	readonly key: string;
	readonly #policy: PostgresOptions['leaks'];
	/** Whether the server is Slipway's, and so can be ended. */
	readonly #ownsServer: boolean;
	readonly #databases: TestDatabases;
	readonly #spares: Promise<ConnectedClone>[] = [];
	readonly #open = new Set<Clone>();
	readonly #releasing = new Set<Promise<void>>();
	readonly #errors: Error[] = [];
	/** Is open until the next one, because that its test has ended the server becomes known late. */
	#lastReleased: Clone | undefined;

	constructor(options: PostgresOptions) {
		this.key = JSON.stringify(options);
		this.#policy = options.leaks;
		this.#ownsServer = options.provider !== 'external';
		this.#databases = openTestDatabases(options);
	}

	/** A clone for a test. `pendingTests`: how many more tests may need one. */
	async acquire(pendingTests: number): Promise<ConnectedClone> {
		const connected = (await this.#nextSpare()) ?? (await this.#connect());
		while (this.#spares.length < Math.min(maxSpares, pendingTests)) {
			const spare = this.#connect();
			spare.catch(() => {}); // The test that would have used it creates another.
			this.#spares.push(spare);
		}
		return connected;
	}

	/** A clone without a client. `isReusable`: other test files may use it later. */
	async create({ isReusable = false } = {}): Promise<Clone> {
		const clone = new Clone(await this.#databases.acquire());
		this.#open.add(clone);
		if (isReusable) await clone.prepareReuse();
		return clone;
	}

	/** From now on, the tests of this file use it. */
	adopt(clone: Clone): void {
		this.#open.add(clone);
	}

	/** The tests of this file do not use it any more, but those of another one may. */
	handOn(clone: Clone): void {
		this.#open.delete(clone);
	}

	/**
	 * Looks for what `task` has left in its database. Connections that it left open fail the file. Throws
	 * `test-server-ended`, and `shared-server-changed` if it changed roles, settings or databases.
	 */
	async check(clone: Clone, task: Task, { leaks = true } = {}): Promise<void> {
		const policy = leaks ? this.#policy : 'ignore';
		const findings = await clone.check({ leaks: policy !== 'ignore', changes: true });
		if (findings === undefined) throw await clone.endedDuring(fullName(task));
		const { leaked, changed } = findings;
		const test = nameWithLocation(task);
		const { error } = await checkForLeaks({ policy, find: async () => leaked, openedBy: () => test });
		if (error !== undefined) this.#errors.push(error);
		if (changed.length === 0) return;
		for (const each of this.#open) each.isOutdated = true;
		throw sharedServerChanged(nameWithLaterTest(task), changed);
	}

	/** Keeps the database of a failed test until the run ends, unless it has filled the disk. Throws what `check` throws. */
	async keep(clone: Clone, task: Task): Promise<void> {
		const problem = await this.check(clone, task, { leaks: false }).catch((error: unknown) => error);
		if (!clone.hasEnded) await hintAtMissingRights(task, clone);
		const { explainFullDisk, ...disk } = await import('./full-disk.ts');
		if (this.#ownsServer && explainFullDisk(task)) {
			await disk.endServer(clone.admin);
			await clone.endedDuring(fullName(task));
			await this.#releaseDead();
			await disk.untilThereIsSpace();
		} else if (!clone.hasEnded) await keepForInspection(clone, clone.app);
		if (problem !== undefined) throw problem;
	}

	/** Releases the database of a test that has ended, and checks it in the background. Errors fail the file. */
	release(clone: Clone, task: Task): void {
		const releasing = this.#release(clone, task).finally(() => this.#releasing.delete(releasing));
		this.#releasing.add(releasing);
	}

	/**
	 * Resolves when the tests that have ended are checked, so that a change that a later test makes is not taken for theirs.
	 */
	async settled(): Promise<void> {
		await Promise.all(this.#releasing);
	}

	/** Throws the errors of tests that have been released, and `test-server-ended` if no test reported that. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.settled();
		await this.#closeSpares();
		const ended = [...this.#open].find((clone) => clone.hasEnded);
		if (ended !== undefined && !this.#isEndReported())
			this.#errors.push(await ended.endedDuring('one of its tests'));
		await Promise.all([...this.#open].map((clone) => clone[Symbol.asyncDispose]()));
		await this.#databases[Symbol.asyncDispose]();
		throwAll(this.#errors, 'tests ended their server, changed it, or left connections open');
	}

	async #connect(): Promise<ConnectedClone> {
		const clone = await this.create();
		try {
			return { clone, sql: await logIn(clone) };
		} catch (error) {
			if (await clone.isAlive()) throw error;
			return await this.#connect();
		}
	}

	async #nextSpare(): Promise<ConnectedClone | undefined> {
		for (let spare = this.#spares.shift(); spare !== undefined; spare = this.#spares.shift()) {
			const connected = await spare.catch(() => undefined);
			if (connected !== undefined && (await isUsable(connected))) return connected;
			await connected?.sql.end({ timeout: 0 });
		}
		return undefined;
	}

	async #closeSpares(): Promise<void> {
		for (const spare of await Promise.allSettled(this.#spares.splice(0)))
			if (spare.status === 'fulfilled') await spare.value.sql.end({ timeout: 0 });
	}

	/** Releases the databases whose server has ended. */
	async #releaseDead(): Promise<void> {
		const open = [...this.#open];
		const alive = await Promise.all(open.map((clone) => clone.isAlive()));
		const dead = open.filter((_, index) => !alive[index]);
		for (const clone of dead) this.#open.delete(clone);
		await Promise.all(dead.map((clone) => clone[Symbol.asyncDispose]()));
	}

	#isEndReported(): boolean {
		return [...this.#open].some((clone) => clone.endReported);
	}

	async #release(clone: Clone, task: Task): Promise<void> {
		const wasReported = this.#isEndReported();
		await this.check(clone, task).catch((error: Error) => {
			if (!clone.hasEnded || !wasReported) this.#errors.push(error);
		});
		const before = this.#lastReleased;
		this.#lastReleased = clone;
		if (before === undefined) return;
		this.#open.delete(before);
		await before[Symbol.asyncDispose]();
	}
}

/** Opens a client that is logged in as the app. */
export async function logIn({ app, arrays, firstQuery }: Clone, max?: number): Promise<Sql> {
	const sql = openFixtureClient(app, { max, arrays });
	try {
		await sql.unsafe(firstQuery);
		return sql;
	} catch (error) {
		await sql.end({ timeout: 0 });
		throw error;
	}
}

/** Its server may have ended since. */
async function isUsable({ clone, sql }: ConnectedClone): Promise<boolean> {
	if (clone.isOutdated || clone.hasEnded) return false;
	return await sql`SELECT 1`.then(
		() => true,
		() => false,
	);
}
