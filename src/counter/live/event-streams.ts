import { EventStream, type Message } from './event-stream.ts';

/** Each visible page has one. Further pages try again later. */
const maxStreams = 1000;

/** Milliseconds between messages without content. Proxies close a connection that is silent for a minute. */
const heartbeat = 25_000;

/** Milliseconds between two checks for clients that do not read. */
const stallTimeout = 10_000;

/**
 * Server-sent events for all open pages. Each kind of event has one current message, which a new one replaces. A client
 * that reads slowly misses those in between, so that memory does not grow.
 */
export class EventStreams {
	readonly #streams = new Set<EventStream>();
	readonly #current = new Map<string, Message>();
	readonly #timers = [
		setInterval(() => this.#post('heartbeat', ':\n\n'), heartbeat).unref(),
		setInterval(() => this.#disconnectStalled(), stallTimeout).unref(),
	];
	#closed = false;

	get size(): number {
		return this.#streams.size;
	}

	/**
	 * A stream that starts with the current messages, or undefined if there are too many. `disconnect` closes the
	 * connection of a client that does not read.
	 */
	open(disconnect: () => void): ReadableStream<Uint8Array> | undefined {
		if (this.#closed || this.size >= maxStreams) return undefined;
		const stream = new EventStream(this.#current, {
			disconnect,
			onClose: () => this.#streams.delete(stream),
		});
		this.#streams.add(stream);
		return stream.body;
	}

	send(event: string, data: string): void {
		const text = `event: ${event}\ndata: ${data}\n\n`;
		if (this.#current.get(event)?.text !== text) this.#post(event, text);
	}

	/** Forgets the current messages: new streams do not start with them. */
	clear(): void {
		this.#current.clear();
	}

	/** Ends all streams, and opens no more. */
	close(): void {
		this.#closed = true;
		for (const timer of this.#timers) clearInterval(timer);
		for (const stream of this.#streams) stream.end();
	}

	#post(kind: string, text: string): void {
		this.#current.set(kind, { text, bytes: new TextEncoder().encode(text) });
		for (const stream of this.#streams) stream.update();
	}

	#disconnectStalled(): void {
		for (const stream of this.#streams) stream.endIfStalled();
	}
}
