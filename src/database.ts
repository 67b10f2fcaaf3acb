import type { Ask, Connection } from 'slipway';
import { LimitedClient } from './limited-client.ts';
import { pauseAfterFailures } from './pause.ts';
import { explainFailure, explainLateness } from './statement-failure.ts';

/** A database that may go away and come back. */
export interface Database extends AsyncDisposable {
	/** Runs `statement`. Rejects with an `UnavailableError` when it failed, after `deadline` milliseconds at the latest. */
	run<T>(statement: (sql: Ask) => Promise<T>, deadline?: number): Promise<T>;
}

export interface DatabaseOptions {
	readonly maxConnections: number;
	/** Milliseconds that a statement may take, connecting included; 3000 unless told. */
	readonly deadline?: number;
}

/**
 * Connects with the first statement, and again after a failure: a connection that failed may lead to a server that is
 * no longer the right one, or to nowhere. A statement that failed is never run again, since it may have been executed.
 */
export function openDatabase(connection: Connection, options: DatabaseOptions): Database {
	const { maxConnections, deadline = 3000 } = options;
	const open = () =>
		new LimitedClient(connection, {
			max: maxConnections,
			connectTimeout: deadline / 1000,
			// A little earlier than the deadline here, so that a statement that waits for a lock ends on the server, too.
			statementTimeout: Math.round(deadline * 0.8),
		});
	let current = open();

	function discard(client: LimitedClient) {
		if (client === current) current = open();
		void client.end({ timeout: 0 });
	}

	async function attempt<T>(statement: (sql: Ask) => Promise<T>, within = deadline): Promise<T> {
		const client = current;
		let late = false;
		const timer = setTimeout(() => {
			late = true;
			discard(client);
		}, within);
		try {
			return await statement(await client.connect());
		} catch (error) {
			discard(client);
			throw late ? explainLateness(connection, Math.round(within), error) : explainFailure(error, connection);
		} finally {
			clearTimeout(timer);
		}
	}

	return {
		run: pauseAfterFailures(attempt) as Database['run'],
		[Symbol.asyncDispose]: () => current.end({ timeout: 1 }),
	};
}
