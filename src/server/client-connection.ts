import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Semaphore } from './semaphore.ts';

/** Resolves when the response is written, even if the client has not read it. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * How many requests of one connection may be unanswered. Node's parser reads 64 KB at a time, which can hold thousands,
 * and creates an object for each, answered or not.
 */
const maxUnanswered = 8;

/** Properties that Node keeps on a socket without a public API. */
interface NodeSocket extends Socket {
	readonly _httpMessage?: ServerResponse | null;
	readonly parser?: { onIncoming: (() => number) | null } | null;
}

/**
 * A client's connection. Its requests are handled one after the other: each starts once the operating system has taken
 * the previous response, so that a client that does not read costs one response in memory. Requests that a client sends
 * before it has the previous response (pipelining) share a few slots with those of all other connections, and cannot
 * slow down clients that send one request at a time.
 */
export class ClientConnection {
	readonly socket: Socket;
	/** When it was opened or had its last request, by the clock of `ClientConnections`. */
	lastUse: number;
	readonly #pipelined: Semaphore;
	#postponed = 0;
	#waitsForSlot = false;
	#unread: ServerResponse | undefined;

	constructor(socket: Socket, pipelined: Semaphore, lastUse: number) {
		this.socket = socket;
		this.#pipelined = pipelined;
		this.lastUse = lastUse;
	}

	/** Whether a request is waiting or being handled, or a response is in memory until the client reads it. */
	get isBusy(): boolean {
		return this.#response !== undefined;
	}

	/** Whether the service is handling a request. */
	get isHandling(): boolean {
		return this.#response?.writableEnded === false && !this.#waitsForSlot;
	}

	/** Looked up rather than stored: a stored response would outlive its request, which burdens the garbage collector. */
	get #response(): ServerResponse | undefined {
		return (this.socket as NodeSocket)._httpMessage ?? undefined;
	}

	/** Node gives a response its socket only when the responses before it are sent. */
	receive(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
		if (response.socket === null) this.#postpone(request, response, handle);
		else void handle(request, response);
	}

	/** Closes the connection if its client still has not read the response that was unread at the previous call. */
	closeIfStalled(): void {
		const unread = this.#response?.writableEnded === true ? this.#response : undefined;
		if (unread !== undefined && unread === this.#unread) this.socket.destroy();
		this.#unread = unread;
	}

	#postpone(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
		this.#postponed += 1;
		const start = () => {
			this.#postponed -= 1;
			this.#waitsForSlot = false;
			void handle(request, response).finally(() => this.#pipelined.release());
		};
		response.once('socket', () => {
			this.#waitsForSlot = true;
			this.#pipelined.acquire(start);
		});
		response.once('close', () => this.#pipelined.cancel(start));
		// The request being handled counts too.
		if (this.#postponed + 1 < maxUnanswered) return;
		response.setHeader('Connection', 'close');
		this.#stopReading();
	}

	/**
	 * A connection whose last response is known takes no more requests (RFC 9112, 9.6). Node has no API for that and would
	 * create an object for every request that has arrived. It returns 2 from this callback to make its parser skip the
	 * rest, and so does this. The socket stays paused: Node resumes it after each response, and would read and discard
	 * whatever the client keeps sending.
	 */
	#stopReading(): void {
		const { parser } = this.socket as NodeSocket;
		if (parser) parser.onIncoming = () => 2;
		this.socket.on('resume', () => this.socket.pause()).pause();
	}
}
