import type { MiddlewareHandler } from 'hono';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from 'slipway';
import { RepeatLimit } from './repeats.ts';

/** Milliseconds in which one cause of warnings or errors is worth one line, and a count. */
const repeatInterval = 10_000;

/** Logs to `destination`, a JSON object on each line. Default: stdout. Disposing of it writes the counts that are pending. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger & Disposable {
	const repeats = new RepeatLimit(repeatInterval);
	const options = {
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		hooks: { logMethod: repeats.logMethod },
	};
	const logger = destination === undefined ? pino(options) : pino(options, destination);
	return Object.assign(logger, { [Symbol.dispose]: () => repeats[Symbol.dispose]() });
}

/** A path may be as long as the head of a request, which is 16 KB. */
const maxPathLength = 200;

/** The path of a request, without its query, for the log. */
export function loggedPath(path: string): string {
	return path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path;
}

/** Logs every request at the level `debug`, and at `warn` what took `slow` milliseconds or more. */
export function logRequests(logger: Logger, slow = 1000): MiddlewareHandler {
	const all = logger.isLevelEnabled('debug');
	return async (c, next) => {
		const start = performance.now();
		await next();
		const ms = performance.now() - start;
		if (!all && ms < slow) return;
		const path = loggedPath(c.req.path);
		const request = { method: c.req.method, path, status: c.res.status, ms: Math.round(ms) };
		if (ms < slow) logger.debug(request, 'request');
		else logger.warn(request, 'slow request');
	};
}
