import type { Sql } from 'postgres';
import { learnArrays } from '../connection/index.ts';
import { dropDatabase } from '../database/template/index.ts';
import { throwAll } from '../errors.ts';
import type { PostgresOptions } from './check-options.ts';
import { openFixtureClient } from './clients.ts';
import { checkForLeaks, findLeakedConnections } from './leaks.ts';
import { type Clone, TemplateServer } from './template-server.ts';

/** A clone with a client that is already logged in as the app. */
export interface ConnectedClone extends Clone {
	readonly sql: Sql;
}

/** How many clones to create ahead. Creating two at once keeps up with tests that take no time. */
const maxSpares = 2;
/**
 * How many used clones to keep, at 8 MB each. Dropping one costs a checkpoint; stopping the server costs
 * nothing.
 */
const maxUsed = 10;
/** One for each spare, and one so that no test waits while another test's database is dropped. */
const maxConnections = maxSpares + 1;

/**
 * The databases of a test file's tests: clones of its server's template. Clones are created ahead of need.
 * Used ones are dropped in the background or with the server. If a test has ended the server, the next test
 * gets another server.
 */
export class Clones {
	readonly #options: PostgresOptions;
	#server: Promise<TemplateServer> | undefined;
	readonly #spares: Promise<ConnectedClone>[] = [];
	readonly #releasing = new Set<Promise<void>>();
	readonly #used: Clone[] = [];
	readonly #errors: Error[] = [];

	constructor(options: PostgresOptions) {
		this.#options = options;
	}

	/** A clone for a test. `pendingTests`: how many more tests may need one. */
	async acquire(pendingTests: number): Promise<ConnectedClone> {
		const createNow = async () => await logIn(await this.create());
		// The server may have ended while the spare was created.
		const clone = await (this.#spares.shift()?.catch(createNow) ?? createNow());
		if (!(await clone.server.isAlive())) return await this.acquire(pendingTests);
		while (this.#spares.length < Math.min(maxSpares, pendingTests)) {
			const spare = clone.server.clone().then(logIn);
			spare.catch(() => {}); // The test that would have used it creates another.
			this.#spares.push(spare);
		}
		return clone;
	}

	/** A clone without a client, created now. */
	async create(): Promise<Clone> {
		this.#server ??= TemplateServer.start(this.#options, maxConnections);
		const starting = this.#server;
		const server = await starting.catch((error: unknown) => {
			if (this.#server === starting) this.#server = undefined;
			throw error;
		});
		if (await server.isAlive()) return await server.clone();
		if (this.#server === starting) await this.#stop(server);
		return await this.create();
	}

	/**
	 * Releases the database of a test that has ended, and checks in the background for connections that it left
	 * open.
	 */
	release(clone: Clone, test: string): void {
		const releasing = this.#release(clone, test).finally(() => this.#releasing.delete(releasing));
		this.#releasing.add(releasing);
	}

	/**
	 * Throws `leaked-connections` if tests left connections open, and `test-server-ended` if no test reported
	 * that.
	 */
	async [Symbol.asyncDispose](): Promise<void> {
		const server = await this.#server?.catch(() => undefined);
		await Promise.all(this.#releasing);
		if (server !== undefined) await this.#stop(server);
		throwAll(this.#errors, 'tests ended their server or left connections open');
	}

	/** The databases go with the server. */
	async #stop(server: TemplateServer): Promise<void> {
		this.#server = undefined;
		this.#used.length = 0;
		if (server.hasEnded && !server.endReported)
			this.#errors.push(await server.endedDuring('one of its tests'));
		await server[Symbol.asyncDispose]();
		await this.#closeSpares();
	}

	async #closeSpares(): Promise<void> {
		for (const spare of await Promise.allSettled(this.#spares.splice(0)))
			if (spare.status === 'fulfilled') await spare.value.sql.end({ timeout: 0 });
	}

	async #release(clone: Clone, test: string): Promise<void> {
		const { server, app } = clone;
		try {
			const { leaked, error } = await checkForLeaks({
				policy: this.#options.leaks,
				find: () => findLeakedConnections(server.superuser, app.database),
				openedBy: () => test,
			});
			if (!leaked) return await this.#dropLater(clone);
			if (error !== undefined) this.#errors.push(error);
			// Leaked connections count against the server's limit.
			await dropDatabase(server.superuser, app.database);
		} catch (error) {
			if (await server.isAlive()) this.#errors.push(error as Error);
		}
	}

	async #dropLater(clone: Clone): Promise<void> {
		this.#used.push(clone);
		const oldest = this.#used.length > maxUsed ? this.#used.shift() : undefined;
		if (oldest !== undefined) await dropDatabase(oldest.server.superuser, oldest.app.database);
	}
}

/** Opens a client that is logged in as the app. */
export async function logIn<T extends Clone>(clone: T, max?: number): Promise<T & { readonly sql: Sql }> {
	const { server } = clone;
	const sql = openFixtureClient(clone.app, { max, arrays: server.arrays });
	try {
		if (server.arrays === undefined) server.arrays = await learnArrays(sql);
		else await sql`SELECT 1`;
		return { ...clone, sql };
	} catch (error) {
		await sql.end({ timeout: 0 });
		throw error;
	}
}
