import { Hono } from 'hono';
import { jsonHeaders } from '../http/headers.ts';
import type { CheckReadiness, Readiness } from './readiness.ts';

/** `/livez`: the process responds. `/readyz`: it can do its work. */
export function healthRoutes(checkReadiness: CheckReadiness): Hono {
	const check = shareChecks(checkReadiness);
	return new Hono()
		.get('/livez', () => respond(200, { live: true }))
		.get('/readyz', async () => {
			const readiness = await check();
			return respond(readiness.ready ? 200 : 503, readiness);
		});
}

/** Requests that arrive during a check share its result: a check for each could overload the service. */
function shareChecks(checkReadiness: CheckReadiness): CheckReadiness {
	let running: Promise<Readiness> | undefined;
	return () => {
		running ??= checkReadiness().finally(() => {
			running = undefined;
		});
		return running;
	};
}

function respond(status: number, body: unknown): Response {
	return new Response(JSON.stringify(body), { status, headers: jsonHeaders });
}
