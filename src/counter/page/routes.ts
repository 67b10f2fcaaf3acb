import type { Writable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type HonoRequest } from 'hono';
import { csrf } from 'hono/csrf';
import { eventStreamHeaders, pageHeaders } from '../../http/headers.ts';
import { respondWithProblem } from '../../http/problem.ts';
import { type Counters, defaultName } from '../counters.ts';
import type { Live } from '../live/live.ts';
import { assetRoutes } from './assets.ts';
import { createPageRenderer } from './page.tsx';

export interface PageOptions {
	readonly counters: Counters;
	readonly live: Live;
}

/** `/` counts a visit. `/counter` is the same page without that: where the form of the button leads. */
export function pageRoutes({ counters, live }: PageOptions): Hono<{ Bindings: HttpBindings }> {
	const render = createPageRenderer();
	const respondWithPage = async (count: bigint) => {
		const reading = live.latest.get();
		const page = render(count, reading instanceof Promise ? await reading : reading);
		return new Response(page, { headers: pageHeaders });
	};
	return new Hono<{ Bindings: HttpBindings }>()
		.get('/', async (c) => {
			if (c.req.method === 'HEAD') return new Response(null, { headers: pageHeaders });
			if (isPrefetch(c.req))
				return respondWithProblem(c, 503, { detail: 'A visit counts once the page is shown.' });
			return respondWithPage(await counters.hit(defaultName));
		})
		.get('/counter', async () => respondWithPage((await counters.read(defaultName)) ?? 0n))
		.post('/counter', csrf(), async (c) => {
			await counters.hit(defaultName);
			return c.redirect('/counter', 303);
		})
		.get('/api/counter/events', (c) => {
			if (c.req.method === 'HEAD') return new Response(null, { headers: eventStreamHeaders });
			// Node's response: an event takes half the time that it takes through the stream of a Response.
			const { outgoing } = c.env;
			if (live.open(() => startEvents(outgoing))) return RESPONSE_ALREADY_SENT;
			return respondWithProblem(c, 503, {
				detail: 'Too many pages are open, or the service is stopping. Try again later.',
				headers: { 'Retry-After': '10' },
			});
		})
		.get(
			'/favicon.ico',
			() => new Response(null, { status: 204, headers: { 'Cache-Control': 'max-age=86400' } }),
		)
		.route('/', assetRoutes());
}

/** The body ends with the connection. As chunks, each event would be three pieces to write. */
function startEvents(response: HttpBindings['outgoing']): Writable {
	response.useChunkedEncodingByDefault = false;
	return response.writeHead(200, eventStreamHeaders);
}

/**
 * Whether a browser asks ahead of a visit that may never happen. A prefetched number could be shown late, twice or
 * never. Browsers discard an unsuccessful response and ask again when the visit happens.
 */
function isPrefetch(request: HonoRequest): boolean {
	const purpose = request.header('Sec-Purpose') ?? request.header('Purpose') ?? request.header('X-Moz');
	return purpose !== undefined && /prefetch|prerender|preview/i.test(purpose);
}
