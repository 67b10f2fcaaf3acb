import { Hono } from 'hono';
import { jsonHeaders } from '../http/headers.ts';
import { type Counters, defaultName } from './counters.ts';

export function counterRoutes(counters: Counters): Hono {
	return new Hono()
		.get('/api/counter', async () => respondWithCount((await counters.read(defaultName)) ?? 0n))
		.post('/api/counter', async () => respondWithCount(await counters.hit(defaultName)));
}

/** Written by hand: JSON numbers have no size limit, but `JSON.stringify` rejects a bigint. */
function respondWithCount(count: bigint): Response {
	return new Response(`{"count":${count}}`, { headers: jsonHeaders });
}
