import { ADDRCONFIG } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { SlipwayError } from './errors.ts';

/** Throws if a server could not listen on this port, for callers that start other things before it. */
export async function checkCanListen(host: string, port: number): Promise<void> {
	const server = createServer();
	try {
		await listen(server, host, port);
	} finally {
		server.close();
	}
}

/**
 * Listens on the address to which Node's clients resolve `host`. They ignore IPv6 if only the loopback interface has it,
 * as in most containers, whereas `listen` might choose ::1 for localhost. Throws `port-in-use`, `port-denied` and
 * `host-unusable`.
 */
export async function listen(server: Server, host: string, port: number): Promise<void> {
	try {
		const { address } = await lookup(host, { hints: ADDRCONFIG });
		await once(server.listen(port, address), 'listening');
	} catch (error) {
		throw explainListenError(error, host, port);
	}
}

/** The `SlipwayError` for a failure to listen; any other `error` is returned as it is. */
function explainListenError(error: unknown, host: string, port: number): unknown {
	const { code } = error as { code?: unknown };
	if (code === 'EADDRINUSE')
		return new SlipwayError(
			'port-in-use',
			`port ${port} on ${host} is in use by another program`,
			`Stop that program, or choose another port: PORT=${port === 65535 ? port - 1 : port + 1}`,
			{ cause: error },
		);
	if (code === 'EACCES')
		return new SlipwayError(
			'port-denied',
			`only administrators may listen on port ${port}`,
			'Choose a port above 1023, such as PORT=3000.',
			{ cause: error },
		);
	if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
		return new SlipwayError(
			'host-unusable',
			`"${host}" is not an address of this machine`,
			'Correct HOST: 127.0.0.1 listens on this machine only, 0.0.0.0 on all its networks.',
			{ cause: error },
		);
	return error;
}
