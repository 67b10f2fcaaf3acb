import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where a service is expected to listen. Port 0: unknown. */
export interface ExpectedEndpoint {
	readonly host: string;
	readonly port: number;
}

/**
 * The address of the service, once something accepts connections there. `undefined` if the signal is aborted first.
 * Asks again and again, since an ordinary program does not report that it listens.
 */
export async function listeningAddress(
	{ host, port }: ExpectedEndpoint,
	signal: AbortSignal,
): Promise<string | undefined> {
	while (!signal.aborted) {
		for (const each of hostsFor(host))
			if (await accepts(each, port)) return `http://${isIPv6(each) ? `[${each}]` : each}:${port}`;
		await sleep(50, undefined, { signal }).catch(() => {});
	}
	return undefined;
}

/** A program that ignores HOST listens on localhost or on all addresses, and either may mean IPv6 only. */
function hostsFor(host: string): string[] {
	const isLocal = ['localhost', '127.0.0.1', '::1', '0.0.0.0', '::'].includes(host);
	return isLocal ? ['127.0.0.1', '::1'] : [host];
}

async function accepts(host: string, port: number): Promise<boolean> {
	const socket = connect({ host, port });
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
