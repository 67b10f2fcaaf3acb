import {
	type Ask,
	askWithLimit,
	type ClientOptions,
	type Connection,
	isDirect,
	openClient,
	readBackend,
} from 'slipway';

/** A client whose statements the server ends after a while, behind a pooler too. */
export class LimitedClient {
	readonly #connection: Connection;
	readonly #options: ClientOptions & { readonly statementTimeout: number };
	#client: ReturnType<typeof openClient>;
	#ask: Promise<Ask> | undefined;

	constructor(connection: Connection, options: ClientOptions & { readonly statementTimeout: number }) {
		this.#connection = connection;
		this.#options = options;
		this.#client = openClient(connection, options);
	}

	/** Connects the first time. */
	connect(): Promise<Ask> {
		this.#ask ??= this.#chooseAsk();
		return this.#ask;
	}

	end(options: { readonly timeout: number }): Promise<void> {
		return this.#client.end(options);
	}

	/** Prepared statements, and a limit from the login on, are the fastest way, which poolers do not have. */
	async #chooseAsk(): Promise<Ask> {
		if (await isReachedDirectly(this.#client)) return this.#client;
		void this.#client.end({ timeout: 0 });
		const { statementTimeout, ...options } = this.#options;
		this.#client = openClient(this.#connection, { ...options, prepare: false });
		return askWithLimit(this.#client, statementTimeout);
	}
}

async function isReachedDirectly(client: ReturnType<typeof openClient>): Promise<boolean> {
	try {
		return isDirect(await readBackend(client));
	} catch (error) {
		if (refusesParameters.test(String((error as { code?: unknown }).code))) return false;
		throw error;
	}
}

/** Classes of SQLSTATE with which poolers refuse a login for what it asks: a connection exception, a feature not supported. */
const refusesParameters = /^(08|0A)/;
