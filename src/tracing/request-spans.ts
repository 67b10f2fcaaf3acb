import { context, propagation, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { Context, MiddlewareHandler } from 'hono';
import { methodOf, routeOf } from '../http/route.ts';

/** Makes a span of each request, below the client's. The log lines about the request get its ids. */
export function traceRequests(tracer: Tracer): MiddlewareHandler {
	return (c, next) => {
		const parent = propagation.extract(context.active(), c.req.header());
		return tracer.startActiveSpan(c.req.method, { kind: SpanKind.SERVER }, parent, async (span) => {
			const { traceId, spanId } = span.spanContext();
			c.set('trace', { trace_id: traceId, span_id: spanId });
			await next();
			span.updateName(`${methodOf(c)} ${routeOf(c)}`);
			span.setAttributes(attributesOf(c));
			if (c.res.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
			span.end();
		});
	};
}

/** The names are OpenTelemetry's, but for the last one. The query is left out, as in the log. */
const attributesOf = (c: Context) => ({
	'http.request.method': methodOf(c),
	'http.route': routeOf(c),
	'http.response.status_code': c.res.status,
	'url.path': c.req.path,
	request_id: c.get('requestId'),
});
