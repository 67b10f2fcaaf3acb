import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { listen } from 'slipway';
import { Answers } from './answers.ts';
import type { Answer } from './client-connection.ts';
import { ClientConnections } from './client-connections.ts';
import { type ReportHeld, stopServer } from './stop.ts';

export interface ServerOptions {
	readonly host: string;
	/** 0 lets the system choose. */
	readonly port: number;
	/** Milliseconds that a stop may take. Default: 8000, which is less than what Docker grants. */
	readonly stopWithin?: number;
	/** Called once when a stop takes longer than usual. */
	readonly onStopHeld?: ReportHeld;
	/** How many connections there may be at a time. Default: 4000. */
	readonly maxConnections?: number;
	/** Milliseconds that a client has for reading an answer; it may get twice as long. Default: 10,000. */
	readonly stallTimeout?: number;
}

/**
 * A server that takes requests. Disposing of it answers those in flight and refuses others; it rejects with
 * `requests-cut` where some could not be answered in time.
 */
export interface RunningServer extends AsyncDisposable {
	/** Where a browser finds it. */
	readonly address: string;
}

/** Milliseconds. Node's own limits are for uploads: half a head may take a minute, a whole request five. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };

/** Throws `port-in-use`, `port-denied` and `host-unusable`. */
export async function startServer(app: Pick<Hono, 'fetch'>, options: ServerOptions): Promise<RunningServer> {
	const { host, port, stopWithin = 8000, maxConnections: max = 4000, stallTimeout = 10_000 } = options;
	const answers = new Answers(app);
	const server = createServer({ ...timeouts, requireHostHeader: false });
	const answer = getRequestListener(answers.fetch, { hostname: 'localhost' }) as Answer;
	const connections = new ClientConnections(server, answer, { max, stallTimeout });
	await listen(server, host, port);
	let stopped: Promise<void> | undefined;
	return {
		address: addressOf(server, host),
		[Symbol.asyncDispose]: () => {
			stopped ??= stopServer(server, {
				connections,
				answers,
				within: stopWithin,
				onHeld: options.onStopHeld,
			});
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
