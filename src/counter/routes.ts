import { Hono, type HonoRequest } from 'hono';
import { htmlHeaders, jsonHeaders } from '../http/headers.ts';
import { respondWithProblem } from '../http/problem.ts';
import { type Counters, defaultName } from './counters.ts';
import { renderPage } from './page.ts';

export function counterRoutes(counters: Counters): Hono {
	return new Hono()
		.get('/', async (c) => {
			if (c.req.method === 'HEAD') return new Response(null, { headers: htmlHeaders });
			if (isPrefetch(c.req))
				return respondWithProblem(c, 503, { detail: 'A visit counts once the page is shown.' });
			return new Response(renderPage(await counters.hit(defaultName)), { headers: htmlHeaders });
		})
		.get('/api/counter', async () => respondWithCount((await counters.read(defaultName)) ?? 0n))
		.post('/api/counter', async () => respondWithCount(await counters.hit(defaultName)))
		.get(
			'/favicon.ico',
			() => new Response(null, { status: 204, headers: { 'Cache-Control': 'max-age=86400' } }),
		);
}

/**
 * Whether a browser asks ahead of a visit that may never happen. A prefetched number could be shown late, twice or
 * never. Browsers discard an unsuccessful response and ask again when the visit happens.
 */
function isPrefetch(request: HonoRequest): boolean {
	const purpose = request.header('Sec-Purpose') ?? request.header('Purpose') ?? request.header('X-Moz');
	return purpose !== undefined && /prefetch|prerender|preview/i.test(purpose);
}

/** Written by hand: JSON numbers have no size limit, but `JSON.stringify` rejects a bigint. */
function respondWithCount(count: bigint): Response {
	return new Response(`{"count":${count}}`, { headers: jsonHeaders });
}
