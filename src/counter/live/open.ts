import type { Database } from '../../database/database.ts';
import { defaultName } from '../counters.ts';
import { type AnnouncementOptions, type Announcements, openAnnouncements } from './announcements.ts';
import { coalesce } from './coalesce.ts';
import { Live, updateInterval } from './live.ts';
import { readCount, readHits } from './reading.ts';

/** Milliseconds that a page waits for the chart at most. */
const readDeadline = 1000;

export interface OpenLive extends AsyncDisposable {
	readonly live: Live;
	/** Shows new values in the open pages of all processes. */
	announce(counts: ReadonlyMap<string, bigint>): void;
	readonly pools: Announcements['pools'];
}

export interface LiveOptions extends Omit<AnnouncementOptions, 'onCount'> {
	readonly reading: Database;
	/** Where the chart is read, which may be a moment behind. Default: `reading`. */
	readonly charting?: Database | undefined;
}

export function openLive({ reading, charting, ...options }: LiveOptions): OpenLive {
	const { onError } = options;
	const announcements = openAnnouncements({ ...options, onCount: (count) => live.show(count) });
	const live = new Live({
		listen: () => announcements.listen(),
		read: () => (charting === undefined ? readTogether(reading) : readApart(reading, charting, onError)),
		onError,
	});
	const send = coalesce<bigint>(updateInterval, (count) => announcements.send(count).catch(onError));
	return {
		live,
		announce: (counts) => {
			const count = counts.get(defaultName);
			if (count !== undefined) send(count);
		},
		pools: announcements.pools,
		[Symbol.asyncDispose]: () => announcements[Symbol.asyncDispose](),
	};
}

/** One after the other, so that a lost connection counts as one failure. What the count waits for includes the chart. */
async function readTogether(reading: Database) {
	return await reading.run(async (sql) => {
		const hits = await readHits(sql);
		return { count: await readCount(sql), hits };
	}, readDeadline);
}

/** Without a chart if that cannot be read. */
async function readApart(reading: Database, charting: Database, onError: (error: unknown) => void) {
	const [count, hits] = await Promise.all([
		reading.run(readCount, readDeadline),
		charting.run(readHits, readDeadline).catch((error: unknown) => {
			onError(error);
			return undefined;
		}),
	]);
	return { count, hits };
}
