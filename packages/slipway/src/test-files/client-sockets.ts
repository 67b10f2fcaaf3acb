import { Socket } from 'node:net';
import tls from 'node:tls';

/** The sockets that this process has opened to a server. */
export interface ClientSockets {
	/**
	 * Closes them without a word to their owners, and watches no more. Clients report the end of their server as an
	 * error: for pg's Pool, one that nobody handles, which would end this process.
	 */
	close(): void;
}

/**
 * Watches which sockets this process opens to `port`, from now on. node:diagnostics_channel does not report those of
 * `new Socket().connect()` on all versions of Node.
 */
export function watchClientSockets(port: number): ClientSockets {
	const sockets = new Set<Socket>();
	const watch = (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket)));
	const restorePlain = afterCalls(Socket.prototype, 'connect', (socket, args) => {
		if (portOf(args) === port) watch(socket);
	});
	// A client encrypts an open socket by wrapping it in another, whose owner would see the first one close.
	const restoreEncrypted = afterCalls(tls, 'connect', (socket, [options]) => {
		const inner = (options as { readonly socket?: Socket } | undefined)?.socket;
		if (inner !== undefined && sockets.has(inner)) watch(socket);
	});
	return {
		close() {
			restorePlain();
			restoreEncrypted();
			// What was queued on a socket fails with an error.
			for (const socket of sockets) socket.removeAllListeners().on('error', () => {});
			for (const socket of sockets) socket.destroy();
			sockets.clear();
		},
	};
}

type Method = (this: unknown, ...args: unknown[]) => Socket;

/** Calls `after` with what the method returns and its arguments. Returns a function that ends this. */
function afterCalls<Name extends string>(
	object: object,
	name: Name,
	after: (socket: Socket, args: readonly unknown[]) => void,
): () => void {
	const methods = object as Record<Name, Method>;
	const original = methods[name];
	const watching: Method = function (...args) {
		const socket = Reflect.apply(original, this, args);
		after(socket, args);
		return socket;
	};
	methods[name] = watching;
	return () => {
		if (methods[name] === watching) methods[name] = original;
	};
}

/** Node passes its own calls of `connect` the arguments as one array. */
function portOf(args: readonly unknown[]): number {
	const [target] = Array.isArray(args[0]) ? args[0] : args;
	const isOptions = typeof target === 'object' && target !== null && 'port' in target;
	return Number(isOptions ? target.port : target);
}
