import { Hono, type HonoRequest } from 'hono';
import { htmlHeaders, jsonHeaders } from '../headers.ts';
import { respondWithProblem } from '../problem.ts';
import type { Counter } from './counter.ts';
import { renderPage } from './page.ts';

export function counterRoutes(counter: Counter): Hono {
	return new Hono()
		.get('/', async (c) => {
			if (c.req.method === 'HEAD') return new Response(null, { headers: htmlHeaders });
			if (isPrefetch(c.req)) return respondWithProblem(c, 503, { detail: 'A visit counts when it is seen.' });
			return new Response(renderPage(await counter.hit()), { headers: htmlHeaders });
		})
		.get('/api/counter', async () => respondWithCount(await counter.read()))
		.post('/api/counter', async () => respondWithCount(await counter.hit()))
		.get(
			'/favicon.ico',
			() => new Response(null, { status: 204, headers: { 'Cache-Control': 'max-age=86400' } }),
		);
}

/**
 * Whether a browser asks ahead of a visit that may never be. It drops an answer that is no success, and asks again
 * when the visit comes: a number that was prefetched might be shown late, twice or never.
 */
function isPrefetch(request: HonoRequest): boolean {
	const purpose = request.header('Sec-Purpose') ?? request.header('Purpose') ?? request.header('X-Moz');
	return purpose !== undefined && /prefetch|prerender|preview/i.test(purpose);
}

/** Written out, since JSON has no limit to its numbers and `JSON.stringify` has none for a bigint. */
function respondWithCount(count: bigint): Response {
	return new Response(`{"count":${count}}`, { headers: jsonHeaders });
}
