import { connect, type Socket } from 'node:net';

const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1');
/** The only message of a connection that asks to cancel a statement. The server closes it without an answer. */
const cancelRequestBytes = 16;

/**
 * A socket for postgres.js, which does not notice that a server, or a proxy in front of one that is down, closes the
 * connection during the login: it would connect again and again, without a pause, and its query would never end.
 */
export function openSocket(target: { readonly path: string } | { host: string; port: number }): Socket {
	// postgres.js takes the host for TLS and for messages from the socket.
	const socket = Object.assign('path' in target ? connect(target.path) : connect(target), target);
	const failLogin = () => {
		if (socket.bytesWritten !== cancelRequestBytes) socket.emit('error', closedInLogin());
	};
	let tail = Buffer.alloc(0);
	const watchLogin = (data: Buffer) => {
		tail = Buffer.concat([tail, data]).subarray(-readyForQuery.length);
		if (tail.equals(readyForQuery)) socket.off('data', watchLogin).off('end', failLogin);
	};
	return socket.on('data', watchLogin).once('end', failLogin);
}

const closedInLogin = () =>
	Object.assign(new Error('the connection was closed during the login'), { code: 'CONNECTION_CLOSED' });
