import { Writable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EventStreams } from '../../src/counter/live/event-streams.ts';

/** A client that takes what was sent when it reads. */
class Client extends Writable {
	#sent = '';
	#take: (() => void) | undefined;

	override _write(chunk: Buffer, _: BufferEncoding, take: () => void): void {
		this.#sent += String(chunk);
		this.#take = take;
	}

	read(): string {
		const [sent, take] = [this.#sent, this.#take];
		this.#sent = '';
		this.#take = undefined;
		take?.();
		return sent;
	}
}

function open() {
	const streams = new EventStreams();
	onTestFinished(() => streams.close());
	const connect = () => {
		const client = new Client();
		expect(streams.open(() => client)).toBe(true);
		return client;
	};
	return { streams, connect };
}

const refuse = () => expect.unreachable('a further client was connected');

test('a stream starts with the time to reconnect and the current messages, and goes on with new ones', () => {
	const { streams, connect } = open();
	streams.send('count', '1');
	const client = connect();
	expect(client.read()).toMatch(/^retry: \d+\n\n$/);
	expect(client.read()).toBe('event: count\ndata: 1\n\n');
	streams.send('count', '1');
	expect(client.read()).toBe('');
	streams.send('count', '2');
	expect(client.read()).toBe('event: count\ndata: 2\n\n');
});

test('a client that does not read misses messages, and gets the last one of each kind', () => {
	const { streams, connect } = open();
	const client = connect();
	for (let count = 1; count <= 1000; count++) streams.send('count', String(count));
	streams.send('chart', '{}');
	client.read();
	expect(client.read()).toBe('event: count\ndata: 1000\n\nevent: chart\ndata: {}\n\n');
	expect(client.read()).toBe('');
});

test('a client that reads nothing for two checks is disconnected, and one that waits for a message is not', () => {
	vi.useFakeTimers();
	onTestFinished(() => void vi.useRealTimers());
	const { connect } = open();
	const [reading, stalled] = [connect(), connect()];
	reading.read();
	vi.advanceTimersByTime(19_000);
	expect(stalled.destroyed).toBe(false);
	vi.advanceTimersByTime(1000);
	expect(stalled.destroyed).toBe(true);
	vi.advanceTimersByTime(5000);
	expect(reading.read()).toBe(':\n\n');
});

test('closing ends the streams, disconnects clients that do not read, and opens no more', async () => {
	const { streams, connect } = open();
	const [reading, stalled] = [connect(), connect()];
	reading.read();
	streams.close();
	expect(reading.writableEnded).toBe(true);
	expect(stalled.destroyed).toBe(true);
	expect(streams.open(refuse)).toBe(false);
	await vi.waitFor(() => expect(streams.size).toBe(0));
});

test('there are at most 1,000 streams, and one that is closed makes room', async () => {
	const { streams, connect } = open();
	const client = connect();
	for (let i = 1; i < 1000; i++) connect();
	expect(streams.open(refuse)).toBe(false);
	client.destroy();
	await vi.waitFor(() => connect());
});
