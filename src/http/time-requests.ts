import type { Context, MiddlewareHandler } from 'hono';

/** Called with each request that is answered, and the milliseconds that this took. */
export type RequestObserver = (c: Context, ms: number) => void;

export function timeRequests(observers: readonly RequestObserver[]): MiddlewareHandler {
	return async (c, next) => {
		const start = performance.now();
		await next();
		const ms = performance.now() - start;
		for (const observe of observers) observe(c, ms);
	};
}
