import { Histogram, type Registry } from 'prom-client';
import { methodOf, routeOf } from '../http/route.ts';
import type { RequestObserver } from '../http/time-requests.ts';

export function observeRequests(registry: Registry): RequestObserver {
	const duration = new Histogram({
		name: 'http_request_duration_seconds',
		help: 'Time until a request has its response, by method, route pattern and class of status.',
		labelNames: ['method', 'route', 'status'],
		buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
		registers: [registry],
	});
	return (c, ms) => {
		const status = `${Math.floor(c.res.status / 100)}xx`;
		duration.observe({ method: methodOf(c), route: routeOf(c), status }, ms / 1000);
	};
}
