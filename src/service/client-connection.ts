import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Turns } from './turns.ts';

/** Resolves when the response is written, though the client may not have read it. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Exchange {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly answer: Answer;
}

/**
 * How many requests of one connection may be unanswered. The parser reads 64 KB at a time, which is room for thousands,
 * and each becomes an object whether it is answered or not.
 */
const maxUnanswered = 8;

/**
 * A connection of a client. Its requests are answered one after the other: the next one starts when the client's system
 * has taken the last answer, so that a client that does not read costs one answer in memory. Requests that a client
 * sends before it has the answer to the last one (pipelining) share a few turns with those of all other connections,
 * and cannot slow down clients that ask one thing at a time.
 */
export class ClientConnection {
	readonly socket: Socket;
	/** When it was opened or had its last request, by the clock of its server. */
	lastUse: number;
	readonly #turns: Turns;
	readonly #pipelined: Exchange[] = [];
	#response: ServerResponse | undefined;
	#unread: ServerResponse | undefined;

	constructor(socket: Socket, turns: Turns, lastUse: number) {
		this.socket = socket;
		this.lastUse = lastUse;
		this.#turns = turns;
		socket.once('close', () => {
			this.#pipelined.length = 0;
			turns.cancel(this.#answerNext);
		});
	}

	/** Whether the service is working on an answer. */
	get isAnswering(): boolean {
		return this.#response?.writableEnded === false;
	}

	/** Whether an answer is being worked on, or waits in memory until the client reads it. */
	get isBusy(): boolean {
		return this.#response?.writableFinished === false;
	}

	receive(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
		if (this.isBusy || this.#pipelined.length > 0) this.#postpone({ request, response, answer });
		else void this.#start(request, response, answer);
	}

	/** Closes the connection if the client has not taken the answer that it had not taken the last time. */
	endIfStalled(): void {
		const unread = this.isBusy && !this.isAnswering ? this.#response : undefined;
		if (unread !== undefined && unread === this.#unread) this.socket.destroy();
		this.#unread = unread;
	}

	#start(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
		this.#response = response;
		return answer(request, response);
	}

	#postpone(exchange: Exchange): void {
		if (this.#pipelined.length === 0) this.#waitForReader();
		this.#pipelined.push(exchange);
		// The one that is being answered counts, too.
		if (this.#pipelined.length + 1 < maxUnanswered) return;
		exchange.response.setHeader('Connection', 'close');
		this.#stopReading();
	}

	#waitForReader(): void {
		this.#response?.once('close', () => {
			if (this.socket.writable) this.#turns.take(this.#answerNext);
		});
	}

	readonly #answerNext = () => {
		const exchange = this.#pipelined.shift();
		if (exchange === undefined) {
			this.#turns.end();
			return;
		}
		const { request, response, answer } = exchange;
		void this.#start(request, response, answer).finally(() => this.#turns.end());
		if (this.#pipelined.length > 0) this.#waitForReader();
	};

	/**
	 * A connection whose last answer is known takes no more requests (RFC 9112, 9.6). Node has no way to say so: it would
	 * make objects of all that has arrived. 2 is what it answers itself to have the parser leave the rest alone. Reading
	 * on, as Node would after each answer, would take what the client sends from then on from memory to nowhere.
	 */
	#stopReading(): void {
		const { parser } = this.socket as Socket & { parser?: { onIncoming: (() => number) | null } | null };
		if (parser) parser.onIncoming = () => 2;
		this.socket.on('resume', () => this.socket.pause()).pause();
	}
}
