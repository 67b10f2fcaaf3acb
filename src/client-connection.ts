import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Turns } from './turns.ts';

/** Resolves when the response is written, though the client may not have read it. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * How many requests of one connection may be unanswered. The parser reads 64 KB at a time, which is room for thousands,
 * and each becomes an object whether it is answered or not.
 */
const maxUnanswered = 8;

/** What Node keeps on a connection, and has no public name for. */
interface NodeSocket extends Socket {
	readonly _httpMessage?: ServerResponse | null;
	readonly parser?: { onIncoming: (() => number) | null } | null;
}

/**
 * A connection of a client. Its requests are answered one after the other: the next one starts when the system has taken
 * the last answer, so that a client that does not read costs one answer in memory. Requests that a client sends before
 * it has the answer to the last one (pipelining) share a few turns with those of all other connections, and cannot slow
 * down clients that ask one thing at a time.
 */
export class ClientConnection {
	readonly socket: Socket;
	/** When it was opened or had its last request, by the clock of its server. */
	lastUse: number;
	readonly #turns: Turns;
	#postponed = 0;
	#waitsForTurn = false;
	#unread: ServerResponse | undefined;

	constructor(socket: Socket, turns: Turns, lastUse: number) {
		this.socket = socket;
		this.#turns = turns;
		this.lastUse = lastUse;
	}

	/** Whether an answer is waited for, is being worked on, or is in memory until the client reads it. */
	get isBusy(): boolean {
		return this.#response !== undefined;
	}

	/** Whether the service is working on an answer. */
	get isAnswering(): boolean {
		return this.#response?.writableEnded === false && !this.#waitsForTurn;
	}

	/** Not kept here: it would live as long as the connection waits, which costs the garbage collector. */
	get #response(): ServerResponse | undefined {
		return (this.socket as NodeSocket)._httpMessage ?? undefined;
	}

	/** A response has no socket while another one is before it. */
	receive(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
		if (response.socket === null) this.#postpone(request, response, answer);
		else void answer(request, response);
	}

	/** Closes the connection if the client has not taken the answer that it had not taken the last time. */
	endIfStalled(): void {
		const unread = this.#response?.writableEnded === true ? this.#response : undefined;
		if (unread !== undefined && unread === this.#unread) this.socket.destroy();
		this.#unread = unread;
	}

	#postpone(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
		this.#postponed += 1;
		const start = () => {
			this.#postponed -= 1;
			this.#waitsForTurn = false;
			void answer(request, response).finally(() => this.#turns.end());
		};
		response.once('socket', () => {
			this.#waitsForTurn = true;
			this.#turns.take(start);
		});
		response.once('close', () => this.#turns.cancel(start));
		// The one that is being answered counts, too.
		if (this.#postponed + 1 < maxUnanswered) return;
		response.setHeader('Connection', 'close');
		this.#stopReading();
	}

	/**
	 * A connection whose last answer is known takes no more requests (RFC 9112, 9.6). Node has no way to say so: it would
	 * make objects of all that has arrived. 2 is what it answers itself to have the parser leave the rest alone. Reading
	 * on, as Node would after each answer, would take what the client sends from then on from memory to nowhere.
	 */
	#stopReading(): void {
		const { parser } = this.socket as NodeSocket;
		if (parser) parser.onIncoming = () => 2;
		this.socket.on('resume', () => this.socket.pause()).pause();
	}
}
