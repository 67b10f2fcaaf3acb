import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import {
	type ArrayType,
	type Connection,
	type Login,
	learnArrays,
	maintenanceDatabase,
	openClient,
	toLogin,
} from '../connection/index.ts';
import { cloneTemplate, dropDatabase, sealTemplate } from '../database/template/index.ts';
import { type SlipwayError, throwAll } from '../errors.ts';
import type { PostgresOptions } from './check-options.ts';
import { openFixture } from './clients.ts';
import { findStrangers, leakFault } from './leaks.ts';
import { acquireServer, type ModuleServer } from './module-server.ts';
import { serverLost } from './tests.ts';

/** A test's own database. */
export interface Clone {
	readonly server: TemplateServer;
	readonly app: Login;
	readonly migrator: Login;
	readonly admin: Login;
}

/** With a client that is already logged in as the app. */
export interface ConnectedClone extends Clone {
	readonly sql: Sql;
}

/** How many are made ahead. Making two at once keeps up with tests that take no time. */
const mostSpares = 2;
/** How many that are done with are kept, at 8 MB each: to drop one costs PostgreSQL a checkpoint, to end with the server nothing. */
const mostRetired = 10;

/**
 * The databases of a module's tests: clones of its server's sealed database. Those for the tests to come are made ahead;
 * those that are done with are dropped in the background, or with the server. When a test has ended the server, the next
 * one gets another.
 */
export class Clones {
	readonly #options: PostgresOptions;
	#server: Promise<TemplateServer> | undefined;
	readonly #spares: Promise<ConnectedClone>[] = [];
	readonly #retiring = new Set<Promise<void>>();
	readonly #retired: Clone[] = [];
	readonly #faults: Error[] = [];

	constructor(options: PostgresOptions) {
		this.#options = options;
	}

	/** One for a test after which at most `toCome` others take one. */
	async take(toCome: number): Promise<ConnectedClone> {
		const makeNow = async () => await logIn(await this.make());
		// The server may have ended while it was made.
		const clone = await (this.#spares.shift()?.catch(makeNow) ?? makeNow());
		if (await clone.server.isLost()) return await this.take(toCome);
		while (this.#spares.length < Math.min(mostSpares, toCome)) {
			const spare = clone.server.clone().then(logIn);
			spare.catch(() => {}); // Whoever would have taken it makes one.
			this.#spares.push(spare);
		}
		return clone;
	}

	/** One without a client, made now. */
	async make(): Promise<Clone> {
		this.#server ??= startTemplateServer(this.#options);
		const starting = this.#server;
		const server = await starting.catch((error: unknown) => {
			if (this.#server === starting) this.#server = undefined;
			throw error;
		});
		if (!(await server.isLost())) return await server.clone();
		if (this.#server === starting) await this.#end(server);
		return await this.make();
	}

	/** Gives back the database of a test that has ended, and finds out whether that left connections open. */
	retire(clone: Clone, test: string): void {
		const retiring = this.#retire(clone, test).finally(() => this.#retiring.delete(retiring));
		this.#retiring.add(retiring);
	}

	/** Throws `leaked-connections` where tests left some open, and `test-server-ended` where no test was told so. */
	async [Symbol.asyncDispose](): Promise<void> {
		const server = await this.#server?.catch(() => undefined);
		await Promise.all(this.#retiring);
		if (server !== undefined) await this.#end(server);
		throwAll(this.#faults, 'tests ended their server or left connections open');
	}

	/** With its databases. */
	async #end(server: TemplateServer): Promise<void> {
		this.#server = undefined;
		this.#retired.length = 0;
		if (server.hasEnded && !server.lossIsTold) this.#faults.push(await server.lossDuring('one of its tests'));
		await server[Symbol.asyncDispose]();
		await this.#closeSpares();
	}

	/** Of a server that is gone. */
	async #closeSpares(): Promise<void> {
		for (const spare of await Promise.allSettled(this.#spares.splice(0)))
			if (spare.status === 'fulfilled') await spare.value.sql.end({ timeout: 0 });
	}

	async #retire(clone: Clone, test: string): Promise<void> {
		const { server, app } = clone;
		try {
			const strangers = await findStrangers(server.superuser, app.database);
			if (strangers.length === 0) return await this.#dropLater(clone);
			this.#faults.push(leakFault(strangers, () => test));
			// They count among the connections that the server takes.
			await dropDatabase(server.superuser, app.database);
		} catch (error) {
			if (!(await server.isLost())) this.#faults.push(error as Error);
		}
	}

	async #dropLater(clone: Clone): Promise<void> {
		this.#retired.push(clone);
		const oldest = this.#retired.length > mostRetired ? this.#retired.shift() : undefined;
		if (oldest !== undefined) await dropDatabase(oldest.server.superuser, oldest.app.database);
	}
}

/** Opens a client that is logged in as the app. */
export async function logIn<T extends Clone>(clone: T, max?: number): Promise<T & { readonly sql: Sql }> {
	const { server } = clone;
	const sql = openFixture(clone.app, { max, arrays: server.arrays });
	try {
		if (server.arrays === undefined) server.arrays = await learnArrays(sql);
		else await sql`SELECT 1`;
		return { ...clone, sql };
	} catch (error) {
		await sql.end({ timeout: 0 });
		throw error;
	}
}

/** Codes of sockets and of postgres.js, and PostgreSQL's own at its end. */
const lossCodes = new Set([
	...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT'],
	...['57P01', '57P02', '57P03'],
]);

/** A server whose database is sealed, to be cloned. */
export class TemplateServer {
	/** With a connection for each clone that is made ahead, and one so that no test waits until another's database is dropped. */
	readonly superuser: Sql;
	/** Of the template and so of each clone; known from the first login to one. */
	arrays: readonly ArrayType[] | undefined;
	readonly #server: ModuleServer;
	#count = 0;
	#lost = false;
	#lossIsTold = false;

	constructor(server: ModuleServer) {
		this.#server = server;
		const admin = { ...server.admin, database: maintenanceDatabase };
		this.superuser = openClient(admin, { max: mostSpares + 1, applicationName: 'slipway clones' });
		void server.ended.then(() => {
			this.#lost = true;
		});
	}

	async clone(): Promise<Clone> {
		const { app, migrator, admin } = this.#server;
		const database = `${app.database}_${++this.#count}`;
		await cloneTemplate(this.superuser, app.database, database);
		return {
			server: this,
			app: toLogin({ ...app, database }),
			migrator: toLogin({ ...migrator, database }),
			admin: toLogin({ ...admin, database }),
		};
	}

	keep(connection: Connection): Promise<string | undefined> {
		return this.#server.keep(connection);
	}

	/** Whether the server has ended by itself. A connection may be closed without that, and is opened again. */
	async isLost(): Promise<boolean> {
		if (!this.#lost && !(await this.#answers()) && !(await this.#answers())) this.#lost = true;
		return this.#lost;
	}

	/** Whether the server is known to have ended, without asking it. */
	get hasEnded(): boolean {
		return this.#lost;
	}

	get lossIsTold(): boolean {
		return this.#lossIsTold;
	}

	/** The error for the test that it ended in. News of why come a little later than the first failure. */
	async lossDuring(test: string): Promise<SlipwayError> {
		this.#lossIsTold = true;
		const silence = sleep(2_000, new Error('it does not answer'), { ref: false });
		return serverLost(test, await Promise.race([this.#server.ended, silence]));
	}

	/** A server that has no connection left answers too. */
	async #answers(): Promise<boolean> {
		return await this.superuser`SELECT 1`.then(
			() => true,
			(error: unknown) => !lossCodes.has((error as { code?: string }).code ?? ''),
		);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#lost = true;
		await this.superuser.end({ timeout: 0 });
		await this.#server[Symbol.asyncDispose]();
	}
}

async function startTemplateServer(options: PostgresOptions): Promise<TemplateServer> {
	const lent = await acquireServer(options);
	const server = new TemplateServer(lent);
	try {
		await sealTemplate(server.superuser, lent.app.database);
		return server;
	} catch (error) {
		await server[Symbol.asyncDispose]();
		throw error;
	}
}
