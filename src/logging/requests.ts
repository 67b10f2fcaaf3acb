import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';

/** A path can be as long as a request's headers may be: 16 KB. */
const maxPathLength = 200;

/** The path of a request for the log: shortened, and without its query. */
export function loggedPath(path: string): string {
	return path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path;
}

/** Logs every request at level `debug`, and those that take `slow` milliseconds or more at `warn`. */
export function logRequests(logger: Logger, slow = 1000): MiddlewareHandler {
	const logsAll = logger.isLevelEnabled('debug');
	return async (c, next) => {
		const start = performance.now();
		await next();
		const ms = performance.now() - start;
		if (!logsAll && ms < slow) return;
		const path = loggedPath(c.req.path);
		const request = { method: c.req.method, path, status: c.res.status, ms: Math.round(ms) };
		if (ms < slow) logger.debug(request, 'request');
		else logger.warn(request, 'slow request');
	};
}
