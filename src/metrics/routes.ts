import { Hono } from 'hono';
import type { Registry } from 'prom-client';
import { commonHeaders } from '../http/headers.ts';
import { shareRunning } from '../http/share-running.ts';

/** `/metrics`, in Prometheus's text format. */
export function metricsRoutes(registry: Registry): Hono {
	const render = shareRunning(() => registry.metrics());
	const headers = { ...commonHeaders, 'Content-Type': registry.contentType };
	return new Hono().get('/metrics', async () => new Response(await render(), { headers }));
}
