const openBrace = 0x7b;
const readyForQuery = 0x5a;
const headerLength = 5;

/** Reads what the other end of a socket sends: messages of PostgreSQL, or the answers of the broker, which are JSON. */
export class Backend {
	#record;
	#unread = Buffer.alloc(0);
	#isBroker;

	constructor(record) {
		this.#record = record;
	}

	receive(chunk) {
		this.#isBroker ??= chunk[0] === openBrace;
		if (this.#isBroker) return this.#record('leased');
		this.#unread = Buffer.concat([this.#unread, chunk]);
		while (this.#unread.length >= headerLength) {
			const length = 1 + this.#unread.readInt32BE(1);
			if (this.#unread.length < length) return;
			if (this.#unread[0] === readyForQuery) this.#record('ready');
			this.#unread = this.#unread.subarray(length);
		}
	}
}
