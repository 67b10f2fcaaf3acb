import { once } from 'node:events';
import { createServer } from 'node:net';
import { hasCode } from '../../src/errors.ts';
import { randomPort } from '../../src/postgres/random-port.ts';

/** A port that was free a moment ago, for a program that has to be given one. No outgoing connection takes it. */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = randomPort();
		await using server = createServer().listen(port, '127.0.0.1');
		try {
			await once(server, 'listening');
			return port;
		} catch (error) {
			if (!hasCode(error, 'EADDRINUSE')) throw error;
		}
	}
}
