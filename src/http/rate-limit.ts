import { isIPv6 } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { clientAddress } from './client-address.ts';
import { respondWithProblem } from './problem.ts';

const seconds = 60;

export interface RateLimit {
	/** How many requests an address may send in a minute. */
	readonly requests: number;
	/** How many reverse proxies are in front of the service. */
	readonly trustedProxies: number;
}

/** How many clients are counted at a time. Beyond that, those that began longest ago begin again. */
const maxClients = 10_000;

/**
 * Allows each client address `requests` in a minute. Further ones get 429. The headers are those of the IETF draft
 * (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function limitRate({ requests, trustedProxies }: RateLimit): MiddlewareHandler {
	const windows = new Windows();
	return async (c, next) => {
		const { used, secondsLeft } = windows.count(
			networkOf(clientAddress(c, trustedProxies)),
			performance.now(),
		);
		if (used <= requests) await next();
		else c.res = respondWithProblem(c, 429, tooMany(requests, secondsLeft));
		c.res.headers.set('RateLimit-Policy', `"address";q=${requests};w=${seconds}`);
		c.res.headers.set('RateLimit', `"address";r=${Math.max(0, requests - used)};t=${secondsLeft}`);
	};
}

const tooMany = (requests: number, secondsLeft: number) => ({
	detail: `An address may send ${requests} requests in ${seconds} seconds.`,
	headers: { 'Retry-After': String(secondsLeft) },
});

/** For each client, a minute that begins with its first request, and the number of its requests. */
export class Windows {
	readonly #windows = new Map<string, { readonly end: number; used: number }>();

	/** How many clients are counted. */
	get size(): number {
		return this.#windows.size;
	}

	/** Counts a request at the time `now`, in milliseconds. */
	count(client: string, now: number): { used: number; secondsLeft: number } {
		let window = this.#windows.get(client);
		if (window === undefined || window.end <= now) {
			this.#windows.delete(client);
			// Without the fraction, which rounding of the sum could turn into a 61st second.
			window = { end: Math.floor(now) + seconds * 1000, used: 0 };
			this.#windows.set(client, window);
			this.#forgetOldest(now);
		}
		window.used += 1;
		return { used: window.used, secondsLeft: Math.ceil((window.end - now) / 1000) };
	}

	/** The map is in the order in which the windows end. */
	#forgetOldest(now: number): void {
		for (const [client, { end }] of this.#windows) {
			if (end > now && this.#windows.size <= maxClients) return;
			this.#windows.delete(client);
		}
	}
}

/** An IPv6 client usually has a network of 64 bits to itself, so that is what counts. An IPv4 address counts as it is. */
export function networkOf(address: string): string {
	if (address.startsWith('::ffff:')) return address.slice('::ffff:'.length);
	if (!isIPv6(address)) return address;
	const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
	const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
	return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
