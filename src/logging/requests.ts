import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { RequestObserver } from '../http/time-requests.ts';

/** A path can be as long as a request's headers may be: 16 KB. */
const maxPathLength = 200;

/** The path of a request for the log: shortened, and without its query. */
export function loggedPath(path: string): string {
	return path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path;
}

/** What every line about a request contains. The names are those that OpenTelemetry gives to a trace in logs. */
export function requestFields(c: Context): object {
	return { request_id: c.get('requestId'), ...c.get('trace') };
}

/** Logs every request at level `debug`, and those that take `slow` milliseconds or more at `warn`. */
export function logRequests(logger: Logger, slow = 1000): RequestObserver {
	const logsAll = logger.isLevelEnabled('debug');
	return (c, ms) => {
		if (!logsAll && ms < slow) return;
		const path = loggedPath(c.req.path);
		const request = { method: c.req.method, path, status: c.res.status, ms: Math.round(ms) };
		const fields = { ...request, ...requestFields(c) };
		if (ms < slow) logger.debug(fields, 'request');
		else logger.warn(fields, 'slow request');
	};
}
