import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { hasCode, type SlipwayError } from '../../errors.ts';
import type { ExclusiveConnection, Submittable } from './connection.ts';
import { type Control, readControl, type ScriptStatement } from './control.ts';
import { explain, explainErrors, failLater, isPlain, succeedLater } from './outcome.ts';
import { idleTimeout, noTransaction, refused, transactionIdle } from './refusals.ts';
import { Turns } from './turns.ts';

/** Identifies a client of the session. */
type Client = object;

/**
 * The session on the server that all clients of a test's pool share. It is in the test's transaction. The
 * transaction of a client is a savepoint in it. Outside of one, each query has a savepoint, so that its
 * failure undoes nothing else.
 */
export class Session {
	readonly #connection: ExclusiveConnection;
	/** Makes the constraints that are initially deferred so again. */
	readonly #deferAgain: string;
	readonly #turns = new Turns<Client>(idleTimeout, transactionIdle);
	readonly #name = `slipway_${randomBytes(8).toString('hex')}`;
	readonly #undo = `ROLLBACK TO SAVEPOINT ${this.#name}; RELEASE SAVEPOINT ${this.#name}`;
	#refusal: (() => SlipwayError) | undefined;

	/** `deferred`: the names of the constraints that are initially deferred. */
	constructor(connection: ExclusiveConnection, deferred: string | null) {
		this.#connection = connection;
		this.#deferAgain = deferred === null ? '' : `; SET CONSTRAINTS ${deferred} DEFERRED`;
	}

	/** The client whose transaction is open. */
	get holder(): Client | undefined {
		return this.#turns.holder;
	}

	/** The query reports its result itself, as queries of pg do. */
	submit(client: Client, query: Submittable): void {
		if (this.#refusal !== undefined) {
			failLater(query, this.#refusal());
			return;
		}
		const script = typeof query.text === 'string' ? readControl(query.text) : undefined;
		const run = () =>
			script === undefined ? this.#runQuery(client, query) : this.#runScript(client, query, script);
		this.#turns.push({ client, run, fail: (error) => failLater(query, error) });
	}

	/** Rolls back the transaction of a client that is closed. */
	async leave(client: Client): Promise<void> {
		await new Promise<void>((resolve) => {
			const run = async () => {
				await this.#rollBack(client).catch(() => {}); // The connection is lost, and with it the transaction.
				resolve();
			};
			this.#turns.push({ client, run, fail: () => resolve() });
		});
	}

	/** Refuses further queries. Resolves when those that were made before have ended. */
	async close(refusal: () => SlipwayError): Promise<void> {
		this.#refusal = refusal;
		await this.#turns.settled();
	}

	/** Rolls back the transaction that a client has open. Resolves with whether there was one. */
	async abandon(): Promise<boolean> {
		const { holder } = this;
		if (holder !== undefined) await this.#rollBack(holder);
		return holder !== undefined;
	}

	async #runQuery(client: Client, query: Submittable): Promise<void> {
		explainErrors(query);
		const run = () => this.#connection.run(query);
		const done = this.holder === client ? run() : this.#inSavepoint(run);
		await done.catch((error: Error) => failLater(query, error));
	}

	async #runScript(client: Client, query: Submittable, script: readonly ScriptStatement[]): Promise<void> {
		try {
			if (!isPlain(query)) throw refused('a cursor or stream that begins or ends a transaction');
			const results: pg.QueryResult[] = [];
			for (const statement of script) results.push(await this.#runStatement(client, statement));
			succeedLater(query, results.length === 1 ? results[0] : results);
		} catch (error) {
			failLater(query, explain(error as Error));
		}
	}

	async #runStatement(client: Client, { text, control }: ScriptStatement): Promise<pg.QueryResult> {
		if (control !== undefined) return await this.#control(client, text, control);
		if (this.holder === client) return await this.#connection.execute(text);
		return await this.#inSavepoint(() => this.#connection.execute(text));
	}

	async #control(client: Client, text: string, control: Control): Promise<pg.QueryResult> {
		if (control.does === 'begin') return await this.#begin(client, control.modes);
		if (control.does === 'commit') return await this.#commit(client);
		if (control.does === 'rollback') return await this.#rollBack(client);
		if (control.does === 'refused') throw refused(control.name);
		if (this.holder !== client) throw noTransaction(text);
		return await this.#connection.execute(text);
	}

	/** Like PostgreSQL, does nothing within a transaction. */
	async #begin(client: Client, modes: string): Promise<pg.QueryResult> {
		if (this.holder === client) return await this.#tag('BEGIN');
		const result = await this.#tag('BEGIN', `SAVEPOINT ${this.#name}`);
		if (modes !== '')
			await this.#connection.execute(`SET TRANSACTION ${modes}`).catch(async (error: Error) => {
				await this.#connection.execute(this.#undo);
				throw hasCode(error, '25001') ? refused(`BEGIN ${modes}`, error) : error;
			});
		this.#turns.holder = client;
		return result;
	}

	/** Checks deferred constraints, as COMMIT does. Like PostgreSQL, rolls back a transaction that has failed. */
	async #commit(client: Client): Promise<pg.QueryResult> {
		if (this.holder !== client) return await this.#tag('COMMIT');
		this.#turns.holder = undefined;
		const commit = `SET CONSTRAINTS ALL IMMEDIATE; RELEASE SAVEPOINT ${this.#name}${this.#deferAgain}`;
		try {
			return await this.#tag('COMMIT', commit);
		} catch (error) {
			const result = await this.#tag('ROLLBACK', this.#undo);
			if (hasCode(error, '25P02')) return result;
			throw error;
		}
	}

	async #rollBack(client: Client): Promise<pg.QueryResult> {
		if (this.holder !== client) return await this.#tag('ROLLBACK');
		this.#turns.holder = undefined;
		return await this.#tag('ROLLBACK', this.#undo);
	}

	/** The result of `sql` with the command that the client sent. */
	async #tag(command: string, sql = ''): Promise<pg.QueryResult> {
		return Object.assign(await this.#connection.execute(sql), { command });
	}

	async #inSavepoint<T>(run: () => Promise<T>): Promise<T> {
		await this.#connection.execute(`SAVEPOINT ${this.#name}`);
		try {
			return await run();
		} finally {
			// Fails after an error, also where `run` does not report it.
			await this.#connection
				.execute(`RELEASE SAVEPOINT ${this.#name}`)
				.catch(() => this.#connection.execute(this.#undo))
				.catch(() => {}); // The transaction has ended, which shows at the end of the test.
		}
	}
}
