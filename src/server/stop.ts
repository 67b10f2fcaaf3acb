import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from 'slipway';
import type { ClientConnection } from './client-connection.ts';
import type { InFlightRequests } from './in-flight-requests.ts';

/** What keeps a server from stopping. */
export interface Outstanding {
	/** Requests that are being handled. */
	readonly unanswered: number;
	/** Connections whose clients do not read their responses. */
	readonly unread: number;
}

export interface StopOptions {
	readonly connections: Iterable<ClientConnection>;
	readonly requests: InFlightRequests;
	/** Milliseconds after which all connections are closed. */
	readonly within: number;
	readonly onSlowStop: ((outstanding: Outstanding) => void) | undefined;
}

/** Milliseconds in which connections in use get their last response, before idle ones are closed. */
const settling = 100;

/** Milliseconds in which a client may read its last response. A stop that takes longer is reported. */
const reading = 1000;

/** Resolves when every request in flight is answered and every connection is closed. */
export async function stopServer(
	server: Server,
	{ connections, requests, within, onSlowStop }: StopOptions,
): Promise<void> {
	let cut = 0;
	const closed = once(server, 'close');
	const expired = Promise.withResolvers<void>();
	const deadline = setTimeout(() => {
		cut = requests.count;
		server.closeAllConnections();
		expired.resolve();
	}, within);
	requests.closeConnections = true;
	refuseConnections(server);
	await Promise.race([closed, sleep(settling)]);
	close(connections, (connection) => !connection.isBusy);
	const report = setTimeout(() => {
		onSlowStop?.(outstandingOn(connections));
		close(connections, (connection) => !connection.isHandling);
	}, reading);
	await closed;
	await Promise.race([requests.drained(), expired.promise]);
	clearTimeout(report);
	clearTimeout(deadline);
	if (cut > 0) throw requestsCut(cut, within);
}

/** The HTTP server's own `close` would also end idle connections at once, even if their next request is on its way. */
function refuseConnections(server: Server): void {
	NetServer.prototype.close.call(server);
}

/** Node's `closeIdleConnections` spares connections that have sent nothing yet, or half a request. */
function close(
	connections: Iterable<ClientConnection>,
	isDone: (connection: ClientConnection) => boolean,
): void {
	for (const connection of connections) if (isDone(connection)) connection.socket.destroy();
}

function outstandingOn(connections: Iterable<ClientConnection>): Outstanding {
	const busy = [...connections].filter((connection) => connection.isBusy);
	const unanswered = busy.filter((connection) => connection.isHandling).length;
	return { unanswered, unread: busy.length - unanswered };
}

function requestsCut(count: number, within: number): SlipwayError {
	return new SlipwayError(
		'requests-cut',
		`${count} ${count === 1 ? 'request was' : 'requests were'} not answered within ${within} ms of the stop`,
		'Check the log for why the database did not respond.',
	);
}
