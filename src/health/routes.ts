import { Hono } from 'hono';
import { jsonHeaders } from '../http/headers.ts';
import { shareRunning } from '../http/share-running.ts';
import type { CheckReadiness } from './readiness.ts';

/** `/livez`: the process responds. `/readyz`: it can do its work. */
export function healthRoutes(checkReadiness: CheckReadiness): Hono {
	// A check for each request could overload the service.
	const check = shareRunning(checkReadiness);
	return new Hono()
		.get('/livez', () => respond(200, { live: true }))
		.get('/readyz', async () => {
			const readiness = await check();
			return respond(readiness.ready ? 200 : 503, readiness);
		});
}

function respond(status: number, body: unknown): Response {
	return new Response(JSON.stringify(body), { status, headers: jsonHeaders });
}
