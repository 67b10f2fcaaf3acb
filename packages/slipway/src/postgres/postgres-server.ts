import { type Connection, type Login, toLogin } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';

/** A running PostgreSQL server. It is stopped by `stop`, or by `await using`. */
export interface PostgresServer extends AsyncDisposable {
	/** The login of a role that may create roles and databases. */
	readonly admin: Login;
	/**
	 * Resolves with the cause if the server exits unexpectedly. Stays pending while it runs, and after it was
	 * stopped.
	 */
	readonly ended: Promise<Error>;
	/** Stops the server and removes what starting it created. Later calls wait for the first. */
	stop(): Promise<void>;
}

/** The error for a server that exited on its own. `durable`: its data survives. */
export function unexpectedEnd(name: string, output: string, durable: boolean): SlipwayError {
	return new SlipwayError(
		'server-ended',
		`${name} exited unexpectedly. Last log lines:\n${output}`,
		durable ? 'Restart it: committed data is safe.' : 'Start another server: the data of this one is gone.',
	);
}

/** `stop` as a method, and for `await using`. */
export function stoppedBy(
	stop: () => Promise<void>,
): Pick<PostgresServer, 'stop' | typeof Symbol.asyncDispose> {
	return { stop, [Symbol.asyncDispose]: stop };
}

/** A server that another party runs: stopping it does nothing. */
export function unmanaged(admin: Connection): PostgresServer {
	return { admin: toLogin(admin), ended: new Promise(() => {}), ...stoppedBy(async () => {}) };
}
