import { hc } from 'hono/client';
import type { apiRoutes } from './routes.ts';

/** A typed client of the API at `address`: `client.api.counters[':name'].$post({ param: { name: 'downloads' } })`. */
export function createClient(address: string) {
	return hc<ReturnType<typeof apiRoutes>>(address);
}
