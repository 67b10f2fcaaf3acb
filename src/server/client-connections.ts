import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ClientConnection, type RequestHandler } from './client-connection.ts';
import { checkHost, limitBody, rejectWith, sendContinue } from './request-checks.ts';
import { Semaphore } from './semaphore.ts';

/** How many pipelined requests are handled at a time, over all connections. */
const maxPipelined = 8;

export interface ConnectionLimits {
	readonly max: number;
	readonly stallTimeout: number;
}

/** The connections of a server. */
export class ClientConnections {
	readonly #bySocket = new Map<Socket, ClientConnection>();
	readonly #pipelined = new Semaphore(maxPipelined);
	readonly #max: number;
	/** How many connections there have been: a clock that is free to read on every request. */
	#opened = 0;

	/**
	 * When there are `max` connections, a new one replaces those that have been without a request for longest. A client
	 * that has not read a response within `stallTimeout` milliseconds, or at most twice that, is disconnected.
	 */
	constructor(server: Server, handle: RequestHandler, { max, stallTimeout }: ConnectionLimits) {
		this.#max = max;
		const sweep = setInterval(() => this.#closeStalled(), stallTimeout).unref();
		server.once('close', () => clearInterval(sweep));
		server.on('connection', (socket) => this.#add(socket));
		const receiveWith = (handle: RequestHandler) => (request: IncomingMessage, response: ServerResponse) =>
			this.#receive(request, response, handle);
		const checked = checkHost(limitBody(handle));
		server.on('request', receiveWith(checked));
		// Without these two, Node would respond before the request's turn.
		server.on('checkContinue', receiveWith(sendContinue(checked)));
		server.on('checkExpectation', receiveWith(rejectWith(417)));
	}

	[Symbol.iterator](): Iterator<ClientConnection> {
		return this.#bySocket.values();
	}

	#receive(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
		const connection = this.#bySocket.get(request.socket);
		if (connection === undefined) return; // It was closed while the parser was running.
		connection.lastUse = this.#opened;
		connection.receive(request, response, handle);
	}

	#closeStalled(): void {
		for (const connection of this.#bySocket.values()) connection.closeIfStalled();
	}

	#add(socket: Socket): void {
		if (this.#bySocket.size >= this.#max) this.#closeUnused();
		if (this.#bySocket.size >= this.#max) {
			socket.destroy();
			return;
		}
		this.#opened += 1;
		this.#bySocket.set(socket, new ClientConnection(socket, this.#pipelined, this.#opened));
		socket.once('close', () => this.#bySocket.delete(socket));
	}

	/** Closes several at once, so that a flood of new connections does not cause a search for each. */
	#closeUnused(): void {
		const unused = [...this.#bySocket.values()].filter((connection) => !connection.isHandling);
		unused.sort((a, b) => a.lastUse - b.lastUse);
		for (const { socket } of unused.slice(0, Math.ceil(this.#max / 40))) {
			this.#bySocket.delete(socket);
			socket.destroy();
		}
	}
}
