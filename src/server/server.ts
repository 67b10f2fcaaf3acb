import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { listen } from 'slipway';
import { IdentifiedResponse } from '../http/request-id.ts';
import type { RequestHandler } from './client-connection.ts';
import { ClientConnections } from './client-connections.ts';
import { InFlightRequests } from './in-flight-requests.ts';
import { type Outstanding, stopServer } from './stop.ts';

export interface ServerOptions {
	readonly host: string;
	/** 0 lets the system choose. */
	readonly port: number;
	/** Milliseconds that a stop may take. Default: 8000, less than Docker's grace period. */
	readonly stopWithin?: number;
	/** Called once if a stop takes longer than usual. */
	readonly onSlowStop?: (outstanding: Outstanding) => void;
	/** The maximum number of connections. Default: 4000. */
	readonly maxConnections?: number;
	/** Milliseconds that a client has to read a response, up to twice that. Default: 10,000. */
	readonly stallTimeout?: number;
}

/**
 * A server that accepts requests. Disposing of it refuses new connections and answers the requests in flight; it rejects
 * with `requests-cut` if some could not be answered in time.
 */
export interface RunningServer extends AsyncDisposable {
	/** The URL for a browser. */
	readonly address: string;
}

/** Milliseconds. Node's defaults suit uploads: a minute for the headers, five for the whole request. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };

/** Throws `port-in-use`, `port-denied` and `host-unusable`. */
export async function startServer(app: Pick<Hono, 'fetch'>, options: ServerOptions): Promise<RunningServer> {
	const { host, port, stopWithin = 8000, maxConnections: max = 4000, stallTimeout = 10_000 } = options;
	const requests = new InFlightRequests(app);
	const server = createServer({
		...timeouts,
		requireHostHeader: false,
		ServerResponse: IdentifiedResponse,
	});
	const handle = getRequestListener(requests.fetch, { hostname: 'localhost' }) as RequestHandler;
	const connections = new ClientConnections(server, handle, { max, stallTimeout });
	await listen(server, host, port);
	let stopped: Promise<void> | undefined;
	return {
		address: addressOf(server, host),
		[Symbol.asyncDispose]: () => {
			stopped ??= stopServer(server, {
				connections,
				requests,
				within: stopWithin,
				onSlowStop: options.onSlowStop,
			});
			return stopped;
		},
	};
}

function addressOf(server: Server, host: string): string {
	const { port, address, family } = server.address() as AddressInfo;
	const isWildcard = address === '0.0.0.0' || address === '::';
	const name =
		isWildcard || host === 'localhost' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
	return `http://${name}:${port}/`;
}
