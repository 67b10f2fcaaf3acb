import type { Writable } from 'node:stream';

export interface Message {
	/** Later messages have higher numbers. */
	readonly number: number;
	readonly text: string;
	readonly bytes: Uint8Array;
}

/** The events of one client. At most one write is pending: nothing is queued while the client does not read. */
export class EventStream {
	readonly #response: Writable;
	readonly #current: ReadonlyMap<string, Message>;
	/** The number of the latest message that was written. */
	#written = 0;
	/** Whether the operating system has not yet taken what was written. */
	#isPending = false;
	#wasPending = false;

	/** `current` has the current message of each kind. */
	constructor(response: Writable, current: ReadonlyMap<string, Message>) {
		this.#response = response;
		this.#current = current;
		this.#write(greeting());
	}

	/** Sends the current messages that the client does not have, unless a write is pending: they are sent after it. */
	update(): void {
		if (this.#isPending || this.#response.destroyed) return;
		const news = [...this.#current.values()].filter(({ number }) => number > this.#written);
		const [first, ...others] = news;
		if (first === undefined) return;
		this.#written = Math.max(...news.map(({ number }) => number));
		this.#write(others.length === 0 ? first.bytes : Buffer.concat(news.map(({ bytes }) => bytes)));
	}

	/** Closes the connection if the write that was pending at the previous call still is. */
	closeIfStalled(): void {
		if (this.#isPending && this.#wasPending) this.#response.destroy();
		this.#wasPending = this.#isPending;
	}

	end(): void {
		if (this.#isPending) this.#response.destroy();
		else this.#response.end();
	}

	#write(bytes: Uint8Array): void {
		this.#isPending = true;
		this.#response.write(bytes, (error) => {
			if (error) return; // The connection is closed.
			this.#isPending = false;
			this.#wasPending = false;
			this.update();
		});
	}
}

/** Sets the milliseconds after which the browser reconnects: at random, so that not all pages do it at once. */
function greeting(): Uint8Array {
	return new TextEncoder().encode(`retry: ${500 + Math.round(Math.random() * 1000)}\n\n`);
}
