import type { MiddlewareHandler } from 'hono';
import { assignRequestId } from '../http/request-id.ts';
import { parseTraceparent, type TraceContext } from './trace-context.ts';

declare module 'hono' {
	interface ContextVariableMap {
		/** The trace that the request belongs to. */
		trace: TraceContext | undefined;
	}
}

/** Gives each request an id, and finds the trace that it belongs to. */
export function identifyRequests(): MiddlewareHandler {
	return (c, next) => {
		assignRequestId(c);
		const traceparent = c.req.header('traceparent');
		if (traceparent !== undefined) c.set('trace', parseTraceparent(traceparent));
		return next();
	};
}
