import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import {
	type ArrayType,
	type Connection,
	type Login,
	maintenanceDatabase,
	openClient,
	toLogin,
} from '../connection/index.ts';
import { cloneTemplate, sealTemplate } from '../database/template/index.ts';
import type { SlipwayError } from '../errors.ts';
import type { PostgresOptions } from './check-options.ts';
import { acquireTestServer, type TestServer } from './test-server.ts';
import { serverEndedDuring } from './tests.ts';

/** A test's own database. */
export interface Clone {
	readonly server: TemplateServer;
	readonly app: Login;
	readonly migrator: Login;
	readonly admin: Login;
}

/** Error codes of sockets and postgres.js, and those that PostgreSQL sends when it shuts down. */
const connectionLostCodes = new Set([
	...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT'],
	...['57P01', '57P02', '57P03'],
]);

/** A server whose database is a sealed template for clones. */
export class TemplateServer {
	readonly superuser: Sql;
	/** The array types of the template and of each clone; set by the first login to a clone. */
	arrays: readonly ArrayType[] | undefined;
	readonly #server: TestServer;
	#count = 0;
	#ended = false;
	#endReported = false;

	private constructor(server: TestServer, maxConnections: number) {
		this.#server = server;
		const admin = { ...server.admin, database: maintenanceDatabase };
		this.superuser = openClient(admin, { max: maxConnections, applicationName: 'slipway clones' });
		void server.ended.then(() => {
			this.#ended = true;
		});
	}

	/** `maxConnections`: how many clones can be created or dropped at a time. */
	static async start(options: PostgresOptions, maxConnections: number): Promise<TemplateServer> {
		const acquired = await acquireTestServer(options);
		const server = new TemplateServer(acquired, maxConnections);
		try {
			await sealTemplate(server.superuser, acquired.app.database);
			return server;
		} catch (error) {
			await server[Symbol.asyncDispose]();
			throw error;
		}
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

	/**
	 * Queries the server. Tries twice: a test may have closed only the connection, which the client reopens.
	 */
	async isAlive(): Promise<boolean> {
		if (!this.#ended && !(await this.#answers()) && !(await this.#answers())) this.#ended = true;
		return !this.#ended;
	}

	/** Whether the server is known to have ended. Does not query it. */
	get hasEnded(): boolean {
		return this.#ended;
	}

	/** Whether a test has failed with the error of `endedDuring`. */
	get endReported(): boolean {
		return this.#endReported;
	}

	/**
	 * The error for the test that the server ended in. Its cause arrives a little later than the first failed
	 * query.
	 */
	async endedDuring(test: string): Promise<SlipwayError> {
		this.#endReported = true;
		const timeout = sleep(2_000, new Error('the server does not answer'), { ref: false });
		return serverEndedDuring(test, await Promise.race([this.#server.ended, timeout]));
	}

	/** Any other error is an answer too, such as that there are too many connections. */
	async #answers(): Promise<boolean> {
		return await this.superuser`SELECT 1`.then(
			() => true,
			(error: unknown) => !connectionLostCodes.has((error as { code?: string }).code ?? ''),
		);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#ended = true;
		await this.superuser.end({ timeout: 0 });
		await this.#server[Symbol.asyncDispose]();
	}
}
