/** The names that OpenTelemetry gives these fields in logs. */
export interface TraceContext {
	readonly trace_id: string;
	readonly span_id: string;
}

const format = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/;
const zeros = /^0+$/;

/** Reads a `traceparent` header (W3C Trace Context). Returns `undefined` if it is invalid, as that standard requires. */
export function parseTraceparent(header: string): TraceContext | undefined {
	const [, version, trace_id = '', span_id = '', rest] = format.exec(header) ?? [];
	if (version === undefined || version === 'ff' || zeros.test(trace_id) || zeros.test(span_id))
		return undefined;
	// Later versions may append fields.
	if (version === '00' && rest !== undefined) return undefined;
	return { trace_id, span_id };
}
