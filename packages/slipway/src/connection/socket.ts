import { connect, type Socket } from 'node:net';

const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1');
/** A cancel request is the only message on its connection. The server closes the connection without an answer. */
const cancelRequestBytes = 16;

/**
 * A socket for postgres.js, which does not notice when a server, or a proxy whose server is down, closes the connection
 * during login: it would reconnect forever without a pause, and its query would never end.
 */
export function openSocket(target: { readonly path: string } | { host: string; port: number }): Socket {
	// postgres.js reads the host from the socket, for TLS and for messages.
	const socket = Object.assign('path' in target ? connect(target.path) : connect(target), target);
	const failLogin = () => {
		if (socket.bytesWritten !== cancelRequestBytes) socket.destroy(closedInLogin());
	};
	let tail = Buffer.alloc(0);
	const watchLogin = (data: Buffer) => {
		tail = Buffer.concat([tail, data]).subarray(-readyForQuery.length);
		if (tail.equals(readyForQuery)) socket.off('data', watchLogin).off('end', failLogin);
	};
	return emitErrorWithClose(socket).on('data', watchLogin).once('end', failLogin);
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
