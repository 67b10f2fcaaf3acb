import type { Interval } from './intervals.ts';

/** What a worker recorded, with times in milliseconds since the epoch. */
export interface Timeline {
	/** When the process started. */
	readonly origin: number;
	readonly events: readonly TimelineEvent[];
}

export interface TimelineEvent {
	readonly at: number;
	readonly event: string;
	/** Of a socket. */
	readonly id?: number;
}

/** What a worker waited for, on all of its sockets. */
export interface Waits {
	/** From the connection to the broker to its answer. */
	readonly leases: readonly Interval[];
	/** From the connection to PostgreSQL until it is ready for the first query. */
	readonly logins: readonly Interval[];
	/** From the first byte of a query until PostgreSQL is ready for the next. */
	readonly queries: readonly Interval[];
}

export function waitsOf({ events }: Timeline): Waits {
	const waits = { leases: [] as Interval[], logins: [] as Interval[], queries: [] as Interval[] };
	for (const socket of Map.groupBy(events, ({ id }) => id).values()) {
		const connected = socket.find(({ event }) => event === 'connect')?.at;
		if (connected === undefined) continue;
		const leased = socket.find(({ event }) => event === 'leased')?.at;
		if (leased !== undefined) {
			waits.leases.push([connected, leased]);
			continue;
		}
		const [login, ...queries] = socket.filter(({ event }) => event === 'ready').map(({ at }) => at);
		if (login === undefined) continue;
		waits.logins.push([connected, login]);
		const asked = socket.filter(({ event }) => event === 'ask').map(({ at }) => at);
		let ready = login;
		for (const answered of queries) {
			const begin = asked.find((at) => at >= ready && at <= answered);
			if (begin !== undefined) waits.queries.push([begin, answered]);
			ready = answered;
		}
	}
	return waits;
}
