import { Hono, type NotFoundHandler } from 'hono';
import type { Logger } from 'pino';
import type { Counter } from './counter/counter.ts';
import { counterRoutes } from './counter/routes.ts';
import { handleErrors } from './error-handler.ts';
import { type CheckReadiness, healthRoutes } from './health.ts';
import { logRequests } from './logging.ts';
import { respondWithProblem } from './problem.ts';

export interface AppOptions {
	readonly counter: Counter;
	readonly checkReadiness: CheckReadiness;
	readonly logger: Logger;
}

/** The service without a port: `app.request('/')` is a visit. */
export function createApp({ counter, checkReadiness, logger }: AppOptions): Hono {
	const app = new Hono();
	app.use(logRequests(logger));
	app.route('/', counterRoutes(counter));
	app.route('/', healthRoutes(checkReadiness));
	app.notFound(refuseUnrouted(app));
	app.onError(handleErrors(logger));
	return app;
}

/** 405 where the path has routes for other methods, else 404. */
function refuseUnrouted(app: Hono): NotFoundHandler {
	return (c) => {
		const methods = app.routes
			.filter(({ method, path }) => method !== 'ALL' && path === c.req.path)
			.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
		return methods.length === 0
			? respondWithProblem(c, 404)
			: respondWithProblem(c, 405, { headers: { Allow: methods.join(', ') } });
	};
}
