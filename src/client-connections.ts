import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Answer, ClientConnection } from './client-connection.ts';
import { Turns } from './turns.ts';

/** How many pipelined requests are answered at a time, of all connections together. */
const pipelinedAtOnce = 8;

export interface ConnectionLimits {
	readonly max: number;
	readonly stallTimeout: number;
}

/** The connections of a server. */
export class ClientConnections {
	readonly #bySocket = new Map<Socket, ClientConnection>();
	readonly #turns = new Turns(pipelinedAtOnce);
	readonly #max: number;
	/** How many there have been: a clock that costs nothing to read for each request. */
	#opened = 0;

	/**
	 * At `max` connections, a new one has those closed that have been without a request for longest. A client that
	 * has not taken an answer after `stallTimeout` milliseconds, or at most twice as long, is cut off.
	 */
	constructor(server: Server, answer: Answer, { max, stallTimeout }: ConnectionLimits) {
		this.#max = max;
		const sweep = setInterval(() => this.#endStalled(), stallTimeout).unref();
		server.once('close', () => clearInterval(sweep));
		server.on('connection', (socket) => this.#add(socket));
		const receiveWith = (answer: Answer) => (request: IncomingMessage, response: ServerResponse) =>
			this.#receive(request, response, answer);
		const checked = checkHost(limitBody(answer));
		server.on('request', receiveWith(checked));
		// Without these two, Node would answer before it is the request's turn.
		server.on('checkContinue', receiveWith(sendContinue(checked)));
		server.on('checkExpectation', receiveWith(refuse(417)));
	}

	[Symbol.iterator](): Iterator<ClientConnection> {
		return this.#bySocket.values();
	}

	#receive(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
		const connection = this.#bySocket.get(request.socket);
		if (connection === undefined) return; // It was closed while the parser was at work.
		connection.lastUse = this.#opened;
		connection.receive(request, response, answer);
	}

	#endStalled(): void {
		for (const connection of this.#bySocket.values()) connection.endIfStalled();
	}

	#add(socket: Socket): void {
		if (this.#bySocket.size >= this.#max) this.#closeUnused();
		if (this.#bySocket.size >= this.#max) {
			socket.destroy();
			return;
		}
		this.#opened += 1;
		this.#bySocket.set(socket, new ClientConnection(socket, this.#turns, this.#opened));
		socket.once('close', () => this.#bySocket.delete(socket));
	}

	/** Closes several, so that a flood of connections does not have all of them looked through for each. */
	#closeUnused(): void {
		const unused = [...this.#bySocket.values()].filter((connection) => !connection.isAnswering);
		unused.sort((a, b) => a.lastUse - b.lastUse);
		for (const { socket } of unused.slice(0, Math.ceil(this.#max / 40))) {
			this.#bySocket.delete(socket);
			socket.destroy();
		}
	}
}

/** Node's own check would answer before it is the request's turn. */
function checkHost(answer: Answer): Answer {
	const refuseRequest = refuse(400);
	return (request, response) =>
		request.headers.host === undefined && request.httpVersion === '1.1'
			? refuseRequest(request, response)
			: answer(request, response);
}

/**
 * A GET request whose body has not arrived with the head ends the connection: Node would read on. The library limits what
 * is read of the bodies of other methods.
 */
function limitBody(answer: Answer): Answer {
	return (request, response) => {
		if (isGet(request) && hasBody(request))
			response.once('finish', () => setImmediate(endIfIncomplete, request));
		return answer(request, response);
	};
}

const isGet = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';

const hasBody = ({ headers }: IncomingMessage) =>
	headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

function endIfIncomplete({ complete, socket }: IncomingMessage): void {
	if (!complete) socket.destroySoon();
}

function sendContinue(answer: Answer): Answer {
	return (request, response) => {
		response.writeContinue();
		return answer(request, response);
	};
}

function refuse(status: number): Answer {
	return async (_, response) => {
		response.writeHead(status, { Connection: 'close' }).end();
	};
}
