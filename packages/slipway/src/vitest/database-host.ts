import type { Sql } from 'postgres';
import {
	type ArrayType,
	learnArrays,
	maintenanceDatabase,
	openClient,
	toLogin,
} from '../connection/index.ts';
import { databaseSize, sealTemplate } from '../database/template/index.ts';
import type { Logins, PooledServer } from '../server-pool/index.ts';
import { ClonePool } from './clone-pool.ts';
import type { CheckRequest, Findings } from './findings.ts';
import { findLeakedConnections } from './leaks.ts';
import { isLostConnection } from './lost-connection.ts';
import { type ReuseAnswer, ReusedDatabase, type ReuseRequest } from './reuse.ts';
import { changesBetween, readSharedState, type SharedState } from './shared-state.ts';

/** A server whose database becomes a template. */
export interface HostServer extends Logins {
	readonly ended: Promise<Error>;
}

/** A clone of the template, for one test or one test file. */
export interface HostedDatabase extends PooledServer {
	readonly arrays: readonly ArrayType[];
	wasUsed(): Promise<boolean>;
	check(request: object): Promise<Findings | ReuseAnswer>;
}

interface Used {
	/** Whether it was looked for changes of what all databases share. */
	readonly isChecked: boolean;
	/** Whether no connection was found that a test left open. */
	readonly isUnused: boolean;
}

/** How many clones can be created, checked, restored or dropped at a time. */
const maxConnections = 2;
/** In bytes: how much the clones may take that wait for a test, and those that were used. */
const budget = 64 * 1024 ** 2;

/**
 * A server whose database is a sealed template. Each clone of it is a test's own; what the clones share is watched. A test
 * that changes that has the server withdrawn: it is used for no other test.
 */
export class DatabaseHost {
	readonly #server: HostServer;
	readonly #superuser: Sql;
	readonly #withdrawal = Promise.withResolvers<void>();
	readonly #clones: ClonePool;
	#arrays: readonly ArrayType[] = [];
	#size = 1;
	#state: SharedState | undefined;
	#isWithdrawn = false;
	#hasEnded = false;

	private constructor(server: HostServer) {
		this.#server = server;
		const admin = { ...server.admin, database: maintenanceDatabase };
		this.#superuser = openClient(admin, { max: maxConnections, applicationName: 'slipway clones' });
		this.#clones = new ClonePool({
			superuser: this.#superuser,
			admin,
			template: server.app.database,
			maxUsed: () => Math.floor(budget / this.#size),
		});
		void server.ended.then(() => {
			this.#hasEnded = true;
			this.withdraw();
		});
	}

	static async start(server: HostServer): Promise<DatabaseHost> {
		const host = new DatabaseHost(server);
		try {
			await host.#seal();
			return host;
		} catch (error) {
			await host.close();
			throw error;
		}
	}

	get isWithdrawn(): boolean {
		return this.#isWithdrawn;
	}

	/** No other test gets a database of this server. */
	withdraw(): void {
		this.#isWithdrawn = true;
		this.#withdrawal.resolve();
	}

	/**
	 * A clone that is like the template; undefined if the server has ended or is withdrawn. `released` is called when the
	 * clone has been disposed of.
	 */
	async create(released: () => Promise<void> = async () => {}): Promise<HostedDatabase | undefined> {
		const database = await this.#clones.acquire().catch(async (error: unknown) => {
			if (!(await this.#isSpoilt())) throw error;
			this.withdraw();
			return undefined;
		});
		return this.#isWithdrawn || database === undefined ? undefined : this.#hosted(database, released);
	}

	/** Queries the server. Tries twice: a test may have closed only the connection, which the client reopens. */
	async isAlive(): Promise<boolean> {
		if (!this.#hasEnded && !(await this.#answers()) && !(await this.#answers())) this.#hasEnded = true;
		return !this.#hasEnded;
	}

	/** Does not stop the server. */
	async close(): Promise<void> {
		this.withdraw();
		await this.#superuser.end({ timeout: 0 });
		await this.#clones[Symbol.asyncDispose]();
	}

	#hosted(database: string, released: () => Promise<void>): HostedDatabase {
		const { app, migrator, admin, ended } = this.#server;
		let isChecked = false;
		let isUnused = true;
		const reused = new ReusedDatabase({ ...admin, database });
		return {
			app: toLogin({ ...app, database }),
			migrator: toLogin({ ...migrator, database }),
			admin: toLogin({ ...admin, database }),
			arrays: this.#arrays,
			ended,
			withdrawn: this.#withdrawal.promise,
			maxReady: Math.min(4, Math.max(1, Math.floor(budget / 2 / this.#size))),
			wasUsed: () => this.#wasUsed(database),
			check: async (request) => {
				if ('logins' in request) return { isLikeNew: await this.#isLikeNew(reused, request as ReuseRequest) };
				const { leaks, changes } = request as CheckRequest;
				isChecked ||= changes;
				const findings = await this.#check(database, { leaks, changes });
				isUnused &&= findings.leaked.length === 0;
				return findings;
			},
			[Symbol.asyncDispose]: async () => {
				await reused.close();
				await this.#dispose(database, { isChecked, isUnused }).finally(released);
			},
		};
	}

	/** A test may have dropped the template. */
	async #isSpoilt(): Promise<boolean> {
		if (this.#isWithdrawn || !(await this.isAlive())) return true;
		return (await this.#changes()).length > 0;
	}

	/** What has changed since `#findChanges` last looked. */
	async #changes(): Promise<readonly string[]> {
		const now = await this.#readState();
		return changesBetween(this.#state ?? now, now);
	}

	#readState(): Promise<SharedState> {
		return readSharedState(this.#superuser, this.#server.app.database);
	}

	async #seal(): Promise<void> {
		const { admin, app } = this.#server;
		const superuser = this.#superuser;
		// A login to the template also writes the files that spare the first login to each clone some work.
		const template = openClient({ ...admin, database: app.database }, { applicationName: 'slipway clones' });
		this.#arrays = await learnArrays(template);
		const [{ pid }] = await template<[{ pid: number }]>`SELECT pg_backend_pid() AS pid`;
		await template.end({ timeout: 0 });
		await sealTemplate(superuser, app.database);
		// PostgreSQL clones no database that has a session, and looks again only after 100 ms.
		while ((await superuser`SELECT FROM pg_stat_activity WHERE pid = ${pid}`).length > 0);
		this.#size = await databaseSize(superuser, app.database);
		this.#state = await this.#readState();
	}

	/** Rejects if the server does not answer any more. */
	async #check(database: string, { leaks, changes }: CheckRequest): Promise<Findings> {
		try {
			if (!leaks && !changes) await this.#superuser`SELECT 1`;
			const leaked = leaks ? await findLeakedConnections(this.#superuser, database) : [];
			return { leaked, changed: changes ? await this.#findChanges() : [] };
		} catch (error) {
			if (!(await this.isAlive())) throw error;
			this.withdraw();
			return { leaked: [], changed: [] };
		}
	}

	async #isLikeNew(database: ReusedDatabase, request: ReuseRequest): Promise<boolean> {
		const [isLikeNew, changed] = await Promise.all([database.isLikeNew(request), this.#changes()]);
		return isLikeNew && changed.length === 0 && !this.#isWithdrawn;
	}

	/** Each change is found once, so that only the test that made it fails. */
	async #findChanges(): Promise<readonly string[]> {
		const now = await this.#readState();
		const changed = changesBetween(this.#state ?? now, now);
		this.#state = now;
		if (changed.length > 0) this.withdraw();
		return changed;
	}

	async #dispose(database: string, { isChecked, isUnused }: Used): Promise<void> {
		try {
			if (!isChecked && !this.#isWithdrawn && (await this.#changes()).length > 0) this.withdraw();
			if (!this.#isWithdrawn) await this.#clones.release(database, { isUnused });
		} catch {
			// It goes with the server.
			this.withdraw();
		}
	}

	/** In two transactions, because a session is in `pg_stat_activity` until it is counted. */
	async #wasUsed(database: string): Promise<boolean> {
		try {
			const [{ open }] = await this.#superuser<[{ open: boolean }]>`
				SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = ${database}) AS open`;
			const [{ sessions }] = await this.#superuser<[{ sessions: number }]>`
				SELECT sessions::int FROM pg_stat_database WHERE datname = ${database}`;
			return open || sessions > 0 || this.#isWithdrawn;
		} catch {
			return true;
		}
	}

	async #answers(): Promise<boolean> {
		return await this.#superuser`SELECT 1`.then(
			() => true,
			(error: unknown) => !isLostConnection(error),
		);
	}
}
