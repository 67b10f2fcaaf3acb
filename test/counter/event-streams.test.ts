import { expect, onTestFinished, test, vi } from 'vitest';
import { EventStreams } from '../../src/counter/live/event-streams.ts';

function open() {
	const streams = new EventStreams();
	onTestFinished(() => streams.close());
	const disconnect = vi.fn();
	const openReader = () => {
		const reader = streams.open(disconnect)?.getReader();
		const read = async () => new TextDecoder().decode((await reader?.read())?.value);
		return { reader, read };
	};
	return { streams, openReader, disconnect };
}

test('a stream starts with the time to reconnect and the current messages, and goes on with new ones', async () => {
	const { streams, openReader } = open();
	streams.send('count', '1');
	const { read } = openReader();
	expect(await read()).toMatch(/^retry: \d+\n\n$/);
	expect(await read()).toBe('event: count\ndata: 1\n\n');
	const next = read();
	streams.send('count', '1');
	streams.send('count', '2');
	expect(await next).toBe('event: count\ndata: 2\n\n');
});

test('a client that does not read misses messages, and gets the last one of each kind', async () => {
	const { streams, openReader } = open();
	const { read } = openReader();
	for (let count = 1; count <= 1000; count++) streams.send('count', String(count));
	streams.send('chart', '{}');
	await read();
	expect(await read()).toBe('event: count\ndata: 1000\n\nevent: chart\ndata: {}\n\n');
});

test('a client that reads nothing for two checks is disconnected, and one that waits for a message is not', async () => {
	vi.useFakeTimers();
	onTestFinished(() => void vi.useRealTimers());
	const { streams, openReader, disconnect } = open();
	const waiting = openReader();
	await waiting.read();
	const message = waiting.read();
	openReader();
	vi.advanceTimersByTime(19_000);
	expect(disconnect).not.toHaveBeenCalled();
	vi.advanceTimersByTime(1000);
	expect(disconnect).toHaveBeenCalledOnce();
	expect(streams.size).toBe(1);
	vi.advanceTimersByTime(5000);
	expect(await message).toBe(':\n\n');
});

test('closing ends the streams, disconnects clients that do not read, and opens no more', async () => {
	const { streams, openReader, disconnect } = open();
	const { reader, read } = openReader();
	await read();
	const end = reader?.read();
	openReader();
	streams.close();
	expect(await end).toEqual({ done: true, value: undefined });
	expect(disconnect).toHaveBeenCalledOnce();
	expect(streams.open(disconnect)).toBe(undefined);
	expect(streams.size).toBe(0);
});

test('there are at most 1,000 streams, and one that is cancelled makes room', async () => {
	const { streams, openReader, disconnect } = open();
	const { reader } = openReader();
	for (let i = 1; i < 1000; i++) streams.open(disconnect);
	expect(streams.open(disconnect)).toBe(undefined);
	await reader?.cancel();
	expect(streams.open(disconnect)).not.toBe(undefined);
});
