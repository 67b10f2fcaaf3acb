import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from 'slipway';
import type { Answers } from './answers.ts';
import type { ClientConnection } from './client-connection.ts';

/** What keeps a server from stopping. */
export interface Held {
	/** Requests that are being answered. */
	readonly unanswered: number;
	/** Connections whose clients do not read their answers. */
	readonly unread: number;
}

export type ReportHeld = (held: Held) => void;

export interface Stop {
	readonly connections: Iterable<ClientConnection>;
	readonly answers: Answers;
	/** Milliseconds after which connections are cut. */
	readonly within: number;
	readonly onHeld: ReportHeld | undefined;
}

/** Milliseconds in which connections in use get their last answer, before those without a request are closed. */
const settling = 100;

/** Milliseconds in which a client may read its last answer. A stop that takes longer is reported. */
const reading = 1000;

/** Resolves when all that is in flight is answered and every connection closed. */
export async function stopServer(
	server: Server,
	{ connections, answers, within, onHeld }: Stop,
): Promise<void> {
	let cut = 0;
	const closed = once(server, 'close');
	const expired = Promise.withResolvers<void>();
	const deadline = setTimeout(() => {
		cut = answers.inProgress;
		server.closeAllConnections();
		expired.resolve();
	}, within);
	answers.last = true;
	refuseConnections(server);
	await Promise.race([closed, sleep(settling)]);
	close(connections, (connection) => !connection.isBusy);
	const report = setTimeout(() => {
		onHeld?.(whatHolds(connections));
		close(connections, (connection) => !connection.isAnswering);
	}, reading);
	await closed;
	await Promise.race([answers.finished(), expired.promise]);
	clearTimeout(report);
	clearTimeout(deadline);
	if (cut > 0) throw requestsCut(cut, within);
}

/** HTTP's own `close` would also end connections at once whose next request is on its way. */
function refuseConnections(server: Server): void {
	NetServer.prototype.close.call(server);
}

/** Node's `closeIdleConnections` spares those that have sent nothing yet, or half a request. */
function close(
	connections: Iterable<ClientConnection>,
	isOver: (connection: ClientConnection) => boolean,
): void {
	for (const connection of connections) if (isOver(connection)) connection.socket.destroy();
}

function whatHolds(connections: Iterable<ClientConnection>): Held {
	const busy = [...connections].filter((connection) => connection.isBusy);
	const unanswered = busy.filter((connection) => connection.isAnswering).length;
	return { unanswered, unread: busy.length - unanswered };
}

function requestsCut(count: number, within: number): SlipwayError {
	return new SlipwayError(
		'requests-cut',
		`${count} ${count === 1 ? 'request was' : 'requests were'} not answered within ${within} ms of the order to stop`,
		'Look in the log for what keeps the database from answering.',
	);
}
