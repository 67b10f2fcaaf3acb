import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { drawChart } from '../chart.ts';
import { coalesce } from './coalesce.ts';
import { EventStreams } from './event-streams.ts';
import { LatestReading } from './latest-reading.ts';
import type { Reading } from './reading.ts';

/** Milliseconds between two updates of the same kind: at most 20 a second. */
export const updateInterval = 50;

const refreshInterval = 1000;

export interface LiveSource {
	/** Makes sure that announcements of other processes arrive. Called every second while a page is open. */
	listen(): Promise<void>;
	read(): Promise<Reading>;
	onError(error: unknown): void;
}

/** Keeps open pages up to date. */
export class Live {
	readonly latest: LatestReading;
	readonly #source: LiveSource;
	readonly #streams = new EventStreams();
	readonly #show = coalesce<bigint>(updateInterval, (count) => this.#streams.send('count', String(count)));
	#count = -1n;
	#following = false;

	constructor(source: LiveSource) {
		this.#source = source;
		this.latest = new LatestReading(() => source.read(), source.onError);
	}

	/** Shows a value that was announced. Announcements of several processes may arrive in another order than they count. */
	show(count: bigint): void {
		if (count <= this.#count) return;
		this.#count = count;
		if (this.#streams.size > 0) this.#show(count);
	}

	/** Starts a page's events on what `connect` returns. Returns false, without calling `connect`, if too many pages are open. */
	open(connect: () => Writable): boolean {
		const opened = this.#streams.open(connect);
		if (opened && !this.#following) void this.#follow();
		return opened;
	}

	/** Ends all events, and opens no more. */
	close(): void {
		this.#streams.close();
	}

	/**
	 * Announcements are lost while the connection is down, and never arrive through some poolers. So the counter is also read
	 * every second.
	 */
	async #follow(): Promise<void> {
		this.#following = true;
		this.#streams.clear();
		this.#count = -1n;
		while (this.#streams.size > 0) {
			await this.#source.listen().catch(this.#source.onError);
			const reading = await this.latest.refresh();
			if (reading !== undefined) {
				this.show(reading.count);
				if (reading.hits) this.#streams.send('chart', JSON.stringify(drawChart(reading.hits)));
			}
			await sleep(refreshInterval, undefined, { ref: false });
		}
		this.#following = false;
	}
}
