import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../../src/connection/index.ts';

/** What a client has sent on one connection, at the time at which it may be cut. */
export interface Sent {
	/** How many times data came; 0 when the connection has just been opened. */
	readonly messages: number;
	readonly last: string;
}

export interface CuttingProxy extends AsyncDisposable {
	readonly host: string;
	readonly port: number;
	/** How many connections were opened. */
	readonly connections: number;
}

/** A proxy in front of a server that closes each connection of which `cuts` is true, instead of passing the data on. */
export async function startCuttingProxy(
	{ host, port }: Pick<Endpoint, 'host' | 'port'>,
	cuts: (sent: Sent) => boolean,
	cut: (client: Socket) => void = (client) => client.end(),
): Promise<CuttingProxy> {
	const open = new Set<Socket>();
	let connections = 0;
	const listener = createServer((client) => {
		connections++;
		const server = connect(port, host);
		for (const [end, other] of [
			[client, server],
			[server, client],
		] as const) {
			open.add(end);
			end.on('error', () => {});
			end.on('close', () => open.delete(end) && other.destroySoon());
		}
		server.pipe(client, { end: false });
		let messages = 0;
		const pass = (data: Buffer) => {
			if (!cuts({ messages: messages++, last: data.toString('latin1') })) return server.write(data);
			server.destroy();
			cut(client);
		};
		pass(Buffer.alloc(0));
		client.on('data', pass);
	}).listen(0, '127.0.0.1');
	await once(listener, 'listening');
	return {
		host: '127.0.0.1',
		port: (listener.address() as AddressInfo).port,
		get connections() {
			return connections;
		},
		async [Symbol.asyncDispose]() {
			listener.close();
			for (const socket of open) socket.destroy();
			await once(listener, 'close');
		},
	};
}
