export interface Message {
	readonly text: string;
	readonly bytes: Uint8Array;
}

export interface StreamOwner {
	/** Closes the connection of a client that does not read. */
	readonly disconnect: () => void;
	readonly onClose: () => void;
}

/** The events of one client. It pulls them: nothing is queued while it does not read. */
export class EventStream {
	readonly body: ReadableStream<Uint8Array>;
	readonly #current: ReadonlyMap<string, Message>;
	readonly #owner: StreamOwner;
	/** By kind, the last message that the client got. */
	readonly #sent = new Map<string, Message>();
	/** Set while the client waits for a message. */
	#waiting: { send(chunk: Uint8Array): void; end(): void } | undefined;
	#wasStalled = false;

	constructor(current: ReadonlyMap<string, Message>, owner: StreamOwner) {
		this.#current = current;
		this.#owner = owner;
		this.body = new ReadableStream<Uint8Array>(
			{
				start: (controller) => controller.enqueue(greeting()),
				pull: (controller) => this.#pull(controller),
				cancel: () => owner.onClose(),
			},
			{ highWaterMark: 0 },
		);
	}

	/** Sends the current messages that the client does not have, if it is waiting. */
	update(): void {
		if (this.#waiting === undefined) return;
		const news = [...this.#current].filter(([kind, message]) => this.#sent.get(kind) !== message);
		if (news.length === 0) return;
		for (const [kind, message] of news) this.#sent.set(kind, message);
		this.#waiting.send(Buffer.concat(news.map(([, { bytes }]) => bytes)));
	}

	/** Ends the stream if the client has read nothing since the previous call. */
	endIfStalled(): void {
		if (this.#waiting !== undefined) return;
		if (this.#wasStalled) this.end();
		this.#wasStalled = true;
	}

	end(): void {
		if (this.#waiting === undefined) this.#owner.disconnect();
		else this.#waiting.end();
		this.#owner.onClose();
	}

	#pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const settle = (act: () => void) => {
			this.#waiting = undefined;
			act();
			resolve();
		};
		this.#wasStalled = false;
		this.#waiting = {
			send: (chunk) => settle(() => controller.enqueue(chunk)),
			end: () => settle(() => controller.close()),
		};
		this.update();
		return promise;
	}
}

/** Sets the milliseconds after which the browser reconnects: at random, so that not all pages do it at once. */
function greeting(): Uint8Array {
	return new TextEncoder().encode(`retry: ${500 + Math.round(Math.random() * 1000)}\n\n`);
}
