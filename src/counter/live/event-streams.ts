import type { Writable } from 'node:stream';
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
		setInterval(() => this.#closeStalled(), stallTimeout).unref(),
	];
	#messages = 0;
	#closed = false;

	get size(): number {
		return this.#streams.size;
	}

	/** Sends the current messages, and then all further ones, to what `connect` returns. False if there are too many streams. */
	open(connect: () => Writable): boolean {
		if (this.#closed || this.size >= maxStreams) return false;
		const response = connect();
		const stream = new EventStream(response, this.#current);
		this.#streams.add(stream);
		response.once('close', () => this.#streams.delete(stream));
		return true;
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
		this.#messages += 1;
		this.#current.set(kind, { number: this.#messages, text, bytes: new TextEncoder().encode(text) });
		for (const stream of this.#streams) stream.update();
	}

	#closeStalled(): void {
		for (const stream of this.#streams) stream.closeIfStalled();
	}
}
