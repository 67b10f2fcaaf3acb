import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from 'slipway';
import type { Answers } from './answers.ts';

/** The connections of `server`, at every moment. */
export function trackSockets(server: Server): ReadonlySet<Socket> {
	const sockets = new Set<Socket>();
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	return sockets;
}

export interface Stop {
	readonly sockets: ReadonlySet<Socket>;
	readonly answers: Answers;
	/** Milliseconds after which connections are cut. */
	readonly within: number;
}

/** Milliseconds in which connections in use get their last answer, before those without a request are closed. */
const settling = 100;

/** Resolves when all that is in flight is answered and every connection closed. */
export async function stopServer(server: Server, { sockets, answers, within }: Stop): Promise<void> {
	let cut = 0;
	const closed = once(server, 'close');
	const deadline = setTimeout(() => {
		cut = answers.inProgress;
		server.closeAllConnections();
	}, within);
	answers.last = true;
	refuseConnections(server);
	await Promise.race([closed, sleep(settling)]);
	closeIdleConnections(server, sockets);
	await closed;
	clearTimeout(deadline);
	if (cut > 0) throw requestsCut(cut, within);
}

/** HTTP's own `close` would also end connections at once whose next request is on its way. */
function refuseConnections(server: Server): void {
	NetServer.prototype.close.call(server);
}

/** Node takes a connection that has not sent anything for a busy one; browsers keep such in reserve. */
function closeIdleConnections(server: Server, sockets: ReadonlySet<Socket>): void {
	server.closeIdleConnections();
	for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
}

function requestsCut(count: number, within: number): SlipwayError {
	return new SlipwayError(
		'requests-cut',
		`${count} ${count === 1 ? 'request was' : 'requests were'} not answered within ${within} ms of the order to stop`,
		'Look in the log for what keeps the database from answering.',
	);
}
