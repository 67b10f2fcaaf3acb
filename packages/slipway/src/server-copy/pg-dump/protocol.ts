// PostgreSQL's messages have a type of one byte, except for the first one of a client, and a length that includes itself.

/** Follows what a client sends, to know when it waits for an answer. */
export class ClientMessages {
	#rest: Buffer = Buffer.alloc(0);
	#isFirst = true;

	/** Whether the client waits for an answer after it has sent `bytes`. */
	take(bytes: Uint8Array): boolean {
		this.#rest = Buffer.concat([this.#rest, bytes]);
		let waits = false;
		for (;;) {
			const message = firstMessage(this.#rest, this.#isFirst ? 0 : 1);
			if (message === undefined) return waits && this.#rest.length === 0;
			// The start of a session, a query, the end of a batch, and a part of a login.
			waits = this.#isFirst || 'QSp'.includes(String.fromCharCode(message[0] ?? 0));
			this.#isFirst = false;
			this.#rest = this.#rest.subarray(message.length);
		}
	}
}

/** Collects what a server sends until it waits for the client. */
export class ServerMessages {
	readonly #chunks: Buffer[] = [];
	#rest: Buffer = Buffer.alloc(0);
	#waits = false;

	take(bytes: Buffer): void {
		this.#chunks.push(bytes);
		this.#rest = Buffer.concat([this.#rest, bytes]);
		for (;;) {
			const message = firstMessage(this.#rest, 1);
			if (message === undefined) return;
			this.#waits = waitsForClient(message);
			this.#rest = this.#rest.subarray(message.length);
		}
	}

	/** The answer, if it is complete. */
	get answer(): Buffer | undefined {
		if (!this.#waits || this.#rest.length > 0) return undefined;
		this.#waits = false;
		return this.soFar();
	}

	/** What has arrived. */
	soFar(): Buffer {
		return Buffer.concat(this.#chunks.splice(0));
	}
}

function firstMessage(bytes: Buffer, typeBytes: 0 | 1): Buffer | undefined {
	if (bytes.length < typeBytes + 4) return undefined;
	const length = typeBytes + bytes.readUInt32BE(typeBytes);
	return bytes.length < length ? undefined : bytes.subarray(0, length);
}

/** Ready for the next query, or at a step of a login: 0 and 12 announce another message of the server. */
function waitsForClient(message: Buffer): boolean {
	const type = String.fromCharCode(message[0] ?? 0);
	return type === 'Z' || (type === 'R' && ![0, 12].includes(message.readUInt32BE(5)));
}
