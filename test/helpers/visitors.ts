import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the visitors saw. */
export interface Visits {
	/** The numbers on the pages. */
	readonly numbers: number[];
	/** Responses other than 200. */
	readonly refusals: { readonly status: number; readonly retryAfter: string | undefined }[];
	/** Requests without a complete response. */
	unanswered: number;
}

export interface Crowd {
	/** Updated with each response. */
	readonly visits: Visits;
	/** Resolves when the last visitor has left. */
	readonly done: Promise<unknown>;
}

/**
 * Visits the page over `connections` real connections. Each sends the next request when the last one is answered, for
 * as long as `wantMore` returns true. A visitor also leaves when the server closes its connection with a response.
 */
export function visit(address: string, connections: number, wantMore: (visits: Visits) => boolean): Crowd {
	const visits: Visits = { numbers: [], refusals: [], unanswered: 0 };
	const done = Promise.all(
		Array.from({ length: connections }, async () => {
			const visitor = new Visitor(address);
			while (!visitor.closed && wantMore(visits)) await note(visits, await visitor.ask());
			visitor.leave();
		}),
	);
	return { visits, done };
}

async function note(visits: Visits, answer: string | undefined): Promise<void> {
	if (answer === undefined) {
		visits.unanswered += 1;
		return;
	}
	const number = /<h1>Counter: (\d+)<\/h1>/.exec(answer)?.[1];
	if (number !== undefined) {
		visits.numbers.push(Number(number));
		return;
	}
	visits.refusals.push({
		status: Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]),
		retryAfter: /^retry-after: (.*)$/im.exec(answer)?.[1],
	});
	await sleep(10);
}

/** One connection, on a plain socket: Node's HTTP clients would use more CPU than the server. */
class Visitor {
	closed = false;
	readonly #socket: Socket;
	readonly #request: string;
	#received = '';
	#answered: ((answer: string | undefined) => void) | undefined;

	constructor(address: string) {
		const { hostname, port, host } = new URL(address);
		this.#request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
		this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
		this.#socket.setEncoding('latin1');
		this.#socket.on('data', (text: string) => this.#receive(text));
		this.#socket.on('error', () => {});
		this.#socket.on('close', () => {
			this.closed = true;
			this.#answered?.(undefined);
		});
	}

	/** Resolves with the complete response, or with `undefined` if the connection was closed without one. */
	ask(): Promise<string | undefined> {
		this.#received = '';
		this.#socket.write(this.#request);
		return new Promise((resolve) => {
			this.#answered = resolve;
		});
	}

	leave(): void {
		this.#socket.destroy();
	}

	#receive(text: string): void {
		this.#received += text;
		const head = this.#received.indexOf('\r\n\r\n');
		const length = /^content-length: (\d+)/im.exec(this.#received)?.[1];
		if (head < 0 || this.#received.length < head + 4 + Number(length)) return;
		if (/^connection: close/im.test(this.#received)) this.closed = true;
		this.#answered?.(this.#received);
		this.#answered = undefined;
	}
}
