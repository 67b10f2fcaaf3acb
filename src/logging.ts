import type { MiddlewareHandler } from 'hono';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from 'slipway';

/** Logs to stdout, a JSON object on each line, unless told where to. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
	const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
	return destination === undefined ? pino(options) : pino(options, destination);
}

/** Logs every request at the level `debug`, and at `warn` what took `slow` milliseconds or more. */
export function logRequests(logger: Logger, slow = 1000): MiddlewareHandler {
	const all = logger.isLevelEnabled('debug');
	return async (c, next) => {
		const start = performance.now();
		await next();
		const ms = performance.now() - start;
		if (!all && ms < slow) return;
		const request = { method: c.req.method, path: c.req.path, status: c.res.status, ms: Math.round(ms) };
		if (ms < slow) logger.debug(request, 'request');
		else logger.warn(request, 'slow request');
	};
}
