import { connect, Socket } from 'node:net';

const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1');
/** A cancel request is the only message on its connection. The server closes the connection without an answer. */
const cancelRequestBytes = 16;

/**
 * A socket for postgres.js, which does not notice when a server, or a proxy whose server is down, closes the connection
 * during login: it would reconnect forever without a pause, and its query would never end.
 */
export function openSocket(target: { readonly path: string } | { host: string; port: number }): Socket {
	const connection = 'path' in target ? connect(target.path) : connect(target);
	// postgres.js reads the host from the socket, for TLS and for messages. For an address it passes none on to Node,
	// which would check the certificate against "localhost" unless it finds one in `_host`.
	const socket = Object.assign(connection, target, 'host' in target && { _host: target.host });
	const failLogin = () => {
		if (socket.bytesWritten !== cancelRequestBytes) socket.destroy(closedInLogin());
	};
	let tail = Buffer.alloc(0);
	const watchLogin = (data: Buffer) => {
		tail = Buffer.concat([tail, data]).subarray(-readyForQuery.length);
		if (tail.equals(readyForQuery)) socket.off('data', watchLogin).off('end', failLogin);
	};
	// It ends a connection that it has paused while rows were streamed, and would not notice that the server closes it.
	socket.once('finish', () => socket.resume());
	return emitErrorWithClose(socket).on('data', watchLogin).once('end', failLogin);
}

/** A socket whose connection fails with `error`. postgres.js would wait forever if it got an error instead of a socket. */
export function failedSocket(error: unknown): Socket {
	const socket = new Socket();
	setImmediate(() => socket.destroy(error as Error));
	return emitErrorWithClose(socket);
}

/** A query that postgres.js is given between the two events is sent to the broken connection, and never ends. */
function emitErrorWithClose(socket: Socket): Socket {
	const emit: (event: string | symbol, ...args: unknown[]) => boolean = socket.emit.bind(socket);
	let failure: Error | undefined;
	socket.emit = (event: string | symbol, ...args: unknown[]) => {
		if (event === 'error') {
			failure ??= args[0] as Error;
			return true;
		}
		if (event === 'close' && failure !== undefined) emit('error', failure);
		return emit(event, ...args);
	};
	return socket;
}

const closedInLogin = () =>
	Object.assign(new Error('the connection was closed during login'), { code: 'CONNECTION_CLOSED' });
