import { Socket } from 'node:net';

/** The sockets that this process has opened to a server. */
export interface ClientSockets {
	/**
	 * Closes them without a word to their owners, and watches no more. Clients report the end of their server as an
	 * error: for pg's Pool, one that nobody handles, which would end this process.
	 */
	close(): void;
}

/** Watches which sockets this process opens to `port`, from now on. */
export function watchClientSockets(port: number): ClientSockets {
	const sockets = new Set<Socket>();
	const { connect } = Socket.prototype;
	// node:diagnostics_channel does not report the sockets of `new Socket().connect()` on all versions of Node.
	Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
		if (portOf(args) === port) sockets.add(this.once('close', () => sockets.delete(this)));
		return Reflect.apply(connect, this, args);
	} as typeof connect;
	const watching = Socket.prototype.connect;
	return {
		close() {
			if (Socket.prototype.connect === watching) Socket.prototype.connect = connect;
			for (const socket of sockets) silence(socket).destroy();
			sockets.clear();
		},
	};
}

/** What was queued on the socket fails with an error, which is ignored. */
const silence = (socket: Socket) => socket.removeAllListeners().on('error', () => {});

/** Node passes its own calls of `connect` the arguments as one array. */
function portOf(args: readonly unknown[]): number {
	const [target] = Array.isArray(args[0]) ? args[0] : args;
	const isOptions = typeof target === 'object' && target !== null && 'port' in target;
	return Number(isOptions ? target.port : target);
}
