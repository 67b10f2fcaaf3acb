import { Hono } from 'hono';
import { jsonHeaders } from './headers.ts';

export type Readiness =
	| {
			readonly ready: true;
			/** Migrations that are applied and not known here: newer code is being rolled out, or older is back. */
			readonly newer?: readonly string[];
	  }
	| {
			readonly ready: false;
			/** What is missing, without details of the database. */
			readonly reason: string;
			/** The migrations that are not applied. */
			readonly pending?: readonly string[];
			/** The migrations that are applied and are not what the files say. */
			readonly diverged?: readonly string[];
	  };

export type CheckReadiness = () => Promise<Readiness>;

/** `/livez` says that the process answers; `/readyz` that it can do its work. */
export function healthRoutes(checkReadiness: CheckReadiness): Hono {
	const check = shareChecks(checkReadiness);
	return new Hono()
		.get('/livez', () => respond(200, { live: true }))
		.get('/readyz', async () => {
			const readiness = await check();
			return respond(readiness.ready ? 200 : 503, readiness);
		});
}

/** Requests that arrive during a check share it. If each had its own, many of them would make the service unready. */
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
