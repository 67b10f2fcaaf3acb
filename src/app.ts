import { type ErrorHandler, Hono, type MiddlewareHandler, type NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { apiRoutes } from './counter/api/routes.ts';
import type { Counters } from './counter/counters.ts';
import type { Live } from './counter/live/live.ts';
import { pageRoutes } from './counter/page/routes.ts';
import { counterRoutes } from './counter/routes.ts';
import { UnavailableError } from './database/unavailable-error.ts';
import type { CheckReadiness } from './health/readiness.ts';
import { healthRoutes } from './health/routes.ts';
import { respondWithProblem } from './http/problem.ts';
import { limitRate, type RateLimit } from './http/rate-limit.ts';
import { timeRequests } from './http/time-requests.ts';
import { loggedPath, logRequests, requestFields } from './logging/requests.ts';
import type { Metrics } from './metrics/metrics.ts';
import { metricsRoutes } from './metrics/routes.ts';
import { identifyRequests } from './tracing/identify.ts';

export interface AppOptions {
	readonly counters: Counters;
	readonly live: Live;
	readonly checkReadiness: CheckReadiness;
	readonly metrics: Pick<Metrics, 'registry' | 'observeRequest'>;
	readonly traceRequests?: MiddlewareHandler | undefined;
	readonly logger: Logger;
	/** Applies to requests to the named counters. Default: none. */
	readonly rateLimit?: RateLimit | undefined;
}

/** The service without a port: `app.request('/')` is a visit. */
export function createApp(options: AppOptions): Hono {
	const { counters, live, checkReadiness, metrics, traceRequests, logger, rateLimit } = options;
	const app = new Hono();
	app.use(identifyRequests());
	if (traceRequests) app.use(traceRequests);
	app.use(timeRequests([metrics.observeRequest, logRequests(logger)]));
	app.route('/', pageRoutes({ counters, live }));
	app.route('/', counterRoutes(counters));
	if (rateLimit) app.use('/api/counters/*', limitRate(rateLimit));
	app.route('/', apiRoutes(counters));
	app.route('/', healthRoutes(checkReadiness));
	app.route('/', metricsRoutes(metrics.registry));
	app.notFound(handleUnrouted(app));
	app.onError(handleErrors(logger));
	return app;
}

/** 405 if the path has routes for other methods, otherwise 404. */
function handleUnrouted(app: Hono): NotFoundHandler {
	return (c) => {
		const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && matches(path, c.req.path));
		const methods = new Set(routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])));
		return methods.size === 0
			? respondWithProblem(c, 404)
			: respondWithProblem(c, 405, { headers: { Allow: [...methods].join(', ') } });
	};
}

/** Whether a request for `path` belongs to a route such as `/api/counters/:name`. */
function matches(route: string, path: string): boolean {
	const [expected, given] = [route.split('/'), path.split('/')];
	return (
		expected.length === given.length &&
		expected.every((part, index) => part === given[index] || (part.startsWith(':') && given[index] !== ''))
	);
}

/** 503 if trying again can help, otherwise 500, unless the request is at fault. The cause goes to the log only. */
function handleErrors(logger: Logger): ErrorHandler {
	return (error, c) => {
		if (error instanceof UnavailableError) {
			logger.error({ code: error.code, hint: error.hint, ...requestFields(c) }, error.message);
			return respondWithProblem(c, 503, {
				detail: 'Try again in a moment.',
				headers: { 'Retry-After': '1' },
			});
		}
		if (error instanceof HTTPException) return respondWithProblem(c, error.status, { detail: error.message });
		const request = { method: c.req.method, path: loggedPath(c.req.path), ...requestFields(c) };
		logger.error({ err: error, ...request }, 'unexpected error');
		return respondWithProblem(c, 500);
	};
}
