import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { listen } from 'slipway';
import { Answers } from './answers.ts';
import { stopServer, trackSockets } from './stop.ts';

export interface ServerOptions {
	readonly host: string;
	/** 0 lets the system choose. */
	readonly port: number;
	/** Milliseconds that a stop may take; 8000 unless told, which is less than what Docker grants. */
	readonly stopWithin?: number;
}

/**
 * A server that takes requests. Disposing of it answers those in flight and refuses others; it rejects with
 * `requests-cut` where some could not be answered in time.
 */
export interface RunningServer extends AsyncDisposable {
	/** Where a browser finds it. */
	readonly address: string;
}

/** Throws `port-in-use`, `port-denied` and `host-unusable`. */
export async function startServer(app: Pick<Hono, 'fetch'>, options: ServerOptions): Promise<RunningServer> {
	const { host, port, stopWithin = 8000 } = options;
	const answers = new Answers(app);
	const server = createAdaptorServer({ fetch: answers.fetch, hostname: 'localhost' }) as Server;
	const sockets = trackSockets(server);
	await listen(server, host, port);
	let stopped: Promise<void> | undefined;
	return {
		address: addressOf(server, host),
		[Symbol.asyncDispose]: () => {
			stopped ??= stopServer(server, { sockets, answers, within: stopWithin });
			return stopped;
		},
	};
}

function addressOf(server: Server, host: string): string {
	const { port, address, family } = server.address() as AddressInfo;
	const everywhere = address === '0.0.0.0' || address === '::';
	const name =
		everywhere || host === 'localhost' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
	return `http://${name}:${port}/`;
}
