import { covered, coveredOnly } from './intervals.ts';
import { type Timeline, type TimelineEvent, type Waits, waitsOf } from './timeline.ts';

/** Where the milliseconds of a test file go, in their order. */
export const phases = [
	'Node starts',
	'vitest, until the file',
	'lease of the server in DATABASE_URL',
	'imports of the test file',
	'vitest, until the fixtures',
	'lease',
	'logins',
	'queries of the fixtures',
	'other work of the fixtures',
	'first query of the test',
	'rest of the test',
	'release',
	'vitest, until the end of the worker',
	'vitest, until the next worker',
] as const;
export type Phase = (typeof phases)[number];
export type Phases = Readonly<Partial<Record<Phase, number>>>;

/** The phases of each test file that the workers ran, one after another. A worker's first file includes its start. */
export function phasesOf(timelines: readonly Timeline[]): Phases[] {
	const inOrder = timelines.toSorted((one, other) => one.origin - other.origin);
	return inOrder.flatMap((timeline, index) => {
		const files = splitByFile(timeline);
		const next = inOrder[index + 1]?.origin;
		return files.map((file, number) => {
			const isLast = number === files.length - 1;
			return { ...phasesOfFile(file), ...(isLast && phasesOfEnd(timeline, next)) };
		});
	});
}

interface TestFile {
	readonly origin: number | undefined;
	/** When the file before was done, or the worker had started. */
	readonly start: number;
	readonly marks: Marks;
	readonly released: number;
	readonly waits: Waits;
}

type Marks = Readonly<Record<'file' | 'imported' | 'fixtures' | 'test' | 'answered' | 'tested', number>>;

function splitByFile(timeline: Timeline): TestFile[] {
	const { events, origin } = timeline;
	const waits = waitsOf(timeline);
	const begins = events.flatMap(({ event }, index) => (event === 'file' ? [index] : []));
	const files: TestFile[] = [];
	for (const [number, begin] of begins.entries()) {
		const own = events.slice(begin, begins[number + 1]);
		const marks = marksOf(own);
		const before = files.at(-1);
		const start = before?.released ?? timeOf(events, 'preload');
		const isFirst = before === undefined;
		files.push({
			origin: isFirst ? origin : undefined,
			start,
			marks,
			released: endOfRelease(own, marks),
			waits,
		});
	}
	return files;
}

function marksOf(events: readonly TimelineEvent[]): Marks {
	const names = ['file', 'imported', 'fixtures', 'test', 'answered', 'tested'] as const;
	return Object.fromEntries(names.map((name) => [name, timeOf(events, name)])) as Marks;
}

function timeOf(events: readonly TimelineEvent[], name: string): number {
	const found = events.find(({ event }) => event === name);
	if (found === undefined) throw new Error(`the worker recorded no "${name}"`);
	return found.at;
}

/** The last answer or close of a socket that was open during the test. */
function endOfRelease(own: readonly TimelineEvent[], { tested }: Marks): number {
	const opened = new Set(
		own.filter(({ event, at }) => event === 'connect' && at > tested).map(({ id }) => id),
	);
	const last = own.findLast(({ event, id }) => ['close', 'ready'].includes(event) && !opened.has(id));
	return Math.max(tested, last?.at ?? tested);
}

function phasesOfFile({ origin, start, marks, released, waits }: TestFile): Phases {
	const { leases, logins, queries } = waits;
	const { file, imported, fixtures, test, answered, tested } = marks;
	const setUp = covered(leases, [start, file]);
	const untilAnswer = [fixtures, answered] as const;
	const lease = covered(leases, untilAnswer);
	const login = coveredOnly(logins, leases, untilAnswer);
	const asked = coveredOnly(queries, [...leases, ...logins], [fixtures, test]);
	const first = answered - test - covered([...leases, ...logins], [test, answered]);
	return {
		...(origin !== undefined && { 'Node starts': start - origin }),
		'vitest, until the file': file - start - setUp,
		'lease of the server in DATABASE_URL': setUp,
		'imports of the test file': imported - file,
		'vitest, until the fixtures': fixtures - imported,
		lease,
		logins: login,
		'queries of the fixtures': asked,
		'other work of the fixtures': answered - fixtures - lease - login - asked - first,
		'first query of the test': first,
		'rest of the test': tested - answered,
		release: released - tested,
	};
}

/** What follows the last file of a worker. */
function phasesOfEnd(timeline: Timeline, nextOrigin: number | undefined): Phases {
	const exit = timeOf(timeline.events, 'exit');
	const { released } = splitByFile(timeline).at(-1) ?? { released: exit };
	return {
		'vitest, until the end of the worker': exit - released,
		...(nextOrigin !== undefined && { 'vitest, until the next worker': nextOrigin - exit }),
	};
}
