import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from 'slipway/test-helpers/eventually';
import { onTestFinished } from 'vitest';

/** A connection to which a test writes any bytes. It is closed when the test finishes. */
export interface RawClient {
	readonly socket: Socket;
	/** Everything received so far. */
	received(): string;
	/** The status codes of all responses, in order. */
	statuses(): number[];
	/** Resolves with everything received once that matches. */
	receives(pattern: RegExp): Promise<string>;
	readonly closed: Promise<unknown>;
}

export function openRawClient(address: string): RawClient {
	const { hostname, port } = new URL(address);
	const socket = connect({ host: hostname, port: Number(port), noDelay: true });
	onTestFinished(() => void socket.destroy());
	let text = '';
	socket.setEncoding('latin1').on('data', (data: string) => {
		text += data;
	});
	socket.on('error', () => {});
	const received = () => text;
	return {
		socket,
		received,
		statuses: () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)),
		receives: async (pattern) => {
			await eventually(() => pattern.test(text));
			return text;
		},
		closed: once(socket, 'close'),
	};
}

/** The text of an HTTP/1.1 request that keeps the connection open. */
export function requestFor(path: string, headers = 'Host: localhost\r\n'): string {
	return `GET ${path} HTTP/1.1\r\n${headers}\r\n`;
}
