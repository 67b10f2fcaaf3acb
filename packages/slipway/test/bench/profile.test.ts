import { expect, test } from 'vitest';
import { phasesOf } from '../../bench/profile/phases.ts';

/** Milliseconds after the origin, the event, the socket. */
type Recorded = readonly [number, string, (number | undefined)?];

/** What a worker records that starts at `origin` and runs files with these events. */
const timeline = (origin: number, events: readonly Recorded[]) => ({
	origin,
	events: events.map(([at, event, id]) => ({ at: origin + at, event, ...(id !== undefined && { id }) })),
});

const first = timeline(1_000, [
	[20, 'preload'],
	[30, 'connect', 1],
	[35, 'leased', 1],
	[40, 'file'],
	[50, 'imported'],
	[52, 'fixtures'],
	[54, 'connect', 2],
	[60, 'leased', 2],
	[60, 'connect', 3],
	[75, 'ready', 3],
	[76, 'ask', 3],
	[80, 'ready', 3],
	[81, 'test'],
	[81, 'ask', 3],
	[84, 'ready', 3],
	[84, 'answered'],
	[90, 'tested'],
	[97, 'close', 3],
	[99, 'exit'],
]);

test('the phases of a file add up to the time until the next worker starts', () => {
	const [file] = phasesOf([
		timeline(
			1_103,
			first.events.map(({ at, event }) => [at - 1_000, event]),
		),
		first,
	]);
	expect(file).toEqual({
		'Node starts': 20,
		'vitest, until the file': 15,
		'lease of the server in DATABASE_URL': 5,
		'imports of the test file': 10,
		'vitest, until the fixtures': 2,
		lease: 6,
		logins: 15,
		'queries of the fixtures': 4,
		'other work of the fixtures': 4,
		'first query of the test': 3,
		'rest of the test': 6,
		release: 7,
		'vitest, until the end of the worker': 2,
		'vitest, until the next worker': 4,
	});
});

test('without isolation, a file begins where the release of the file before ended', () => {
	const events = first.events.map(({ at, event, id }) => [at - 1_000, event, id] as const);
	const again = events.slice(3, -1).map(([at, event, id]) => [at + 100, event, id && id + 10] as const);
	const [, second] = phasesOf([timeline(1_000, [...events.slice(0, -1), ...again, [199, 'exit']])]);
	expect(second).toMatchObject({
		'vitest, until the file': 140 - 97,
		'first query of the test': 3,
		release: 7,
	});
	expect(second).not.toHaveProperty('Node starts');
});
