import { ADDRCONFIG } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { SlipwayError } from './errors.ts';

/** Throws what a server on this port would end with, for who starts other things first. */
export async function checkCanListen(host: string, port: number): Promise<void> {
	const server = createServer();
	try {
		await listen(server, host, port);
	} finally {
		server.close();
	}
}

/**
 * Listens where Node's clients look for `host`: they leave out IPv6 where nothing but the loopback has it, as in most
 * containers, and localhost may be ::1 first. Throws `port-in-use`, `port-denied` and `host-unusable`.
 */
export async function listen(server: Server, host: string, port: number): Promise<void> {
	try {
		const { address } = await lookup(host, { hints: ADDRCONFIG });
		await once(server.listen(port, address), 'listening');
	} catch (error) {
		throw explainListenFault(error, host, port);
	}
}

/** The `SlipwayError` for a failure to listen; `error` itself when it is something else. */
function explainListenFault(error: unknown, host: string, port: number): unknown {
	const { code } = error as { code?: unknown };
	if (code === 'EADDRINUSE')
		return new SlipwayError(
			'port-in-use',
			`another program listens on port ${port} of ${host}`,
			`End it, or choose another port: PORT=${port === 65535 ? port - 1 : port + 1} scripts/dev`,
			{ cause: error },
		);
	if (code === 'EACCES')
		return new SlipwayError(
			'port-denied',
			`the system grants port ${port} to administrators only`,
			'Choose a port from 1024 on: PORT=3000 scripts/dev',
			{ cause: error },
		);
	if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
		return new SlipwayError(
			'host-unusable',
			`this machine has no address "${host}" to listen on`,
			'Correct HOST; 127.0.0.1 is for this machine only, 0.0.0.0 for the network.',
			{ cause: error },
		);
	return error;
}
