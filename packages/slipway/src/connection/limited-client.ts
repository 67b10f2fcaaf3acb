import { type ClientOptions, openClient } from './client.ts';
import type { Connection } from './details.ts';
import { askThenFlush, askThenFlushWithLimit } from './flushing.ts';
import { type Ask, askWithLimit, isDirect, readBackend } from './pooler.ts';

export interface LimitedClientOptions extends ClientOptions {
	readonly statementTimeout: number;
	/**
	 * Whether each statement is followed by a commit that waits until everything before it is on disk, as for `askThenFlush`.
	 * This needs `max: 1`. Default: false.
	 */
	readonly flushes?: boolean;
}

/** A client whose statements time out on the server, even behind a connection pooler. */
export class LimitedClient {
	readonly #connection: Connection;
	readonly #options: LimitedClientOptions;
	#client: ReturnType<typeof openClient>;
	#ask: Promise<Ask> | undefined;

	constructor(connection: Connection, options: LimitedClientOptions) {
		this.#connection = connection;
		this.#options = options;
		this.#client = openClient(connection, options);
	}

	/** Connects on the first call. */
	connect(): Promise<Ask> {
		this.#ask ??= this.#chooseAsk();
		return this.#ask;
	}

	end(options: { readonly timeout: number }): Promise<void> {
		return this.#client.end(options);
	}

	/** Prepared statements and a timeout set at login are fastest, but poolers support neither. */
	async #chooseAsk(): Promise<Ask> {
		const { statementTimeout, flushes, ...options } = this.#options;
		if (await connectsDirectly(this.#client)) return flushes ? askThenFlush(this.#client) : this.#client;
		void this.#client.end({ timeout: 0 });
		this.#client = openClient(this.#connection, { ...options, prepare: false });
		return (flushes ? askThenFlushWithLimit : askWithLimit)(this.#client, statementTimeout);
	}
}

async function connectsDirectly(client: ReturnType<typeof openClient>): Promise<boolean> {
	try {
		return isDirect(await readBackend(client));
	} catch (error) {
		if (refusesParameters.test(String((error as { code?: unknown }).code))) return false;
		throw error;
	}
}

/** How poolers refuse the parameters of a login: SQLSTATE classes "connection exception" and "feature not supported". */
const refusesParameters = /^(08|0A)/;
