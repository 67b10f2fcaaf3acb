import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from './client-connection.ts';

/** Rejects HTTP/1.1 requests without a Host header. Node's own check would respond before the request's turn. */
export function checkHost(handle: RequestHandler): RequestHandler {
	const reject = rejectWith(400);
	return (request, response) =>
		request.headers.host === undefined && request.httpVersion === '1.1'
			? reject(request, response)
			: handle(request, response);
}

/**
 * Closes the connection after a GET request whose body did not arrive with the headers: Node would read on. For other
 * methods, @hono/node-server limits how much of the body is read.
 */
export function limitBody(handle: RequestHandler): RequestHandler {
	return (request, response) => {
		if (isGet(request) && hasBody(request))
			response.once('finish', () => setImmediate(closeIfIncomplete, request));
		return handle(request, response);
	};
}

/** Responds to `Expect: 100-continue`. */
export function sendContinue(handle: RequestHandler): RequestHandler {
	return (request, response) => {
		response.writeContinue();
		return handle(request, response);
	};
}

export function rejectWith(status: number): RequestHandler {
	return async (_, response) => {
		response.writeHead(status, { Connection: 'close' }).end();
	};
}

const isGet = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD';

const hasBody = ({ headers }: IncomingMessage) =>
	headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

function closeIfIncomplete({ complete, socket }: IncomingMessage): void {
	if (!complete) socket.destroySoon();
}
