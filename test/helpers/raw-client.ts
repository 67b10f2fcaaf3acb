import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from 'slipway/test-helpers/eventually';
import { onTestFinished } from 'vitest';

/** A connection on which a test writes what it likes. It is closed with the test. */
export interface RawClient {
	readonly socket: Socket;
	/** All that was received. */
	received(): string;
	/** The status codes of all answers, in order. */
	statuses(): number[];
	/** Resolves with all that was received once it matches. */
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

/** A request in full, on an HTTP/1.1 connection that stays open. */
export function requestFor(path: string, headers = 'Host: localhost\r\n'): string {
	return `GET ${path} HTTP/1.1\r\n${headers}\r\n`;
}
