import { expect, test } from 'vitest';
import { parseTraceparent } from '../../src/tracing/trace-context.ts';

const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
const span_id = '00f067aa0ba902b7';

test.each([
	`00-${trace_id}-${span_id}-01`,
	`00-${trace_id}-${span_id}-00`,
	`01-${trace_id}-${span_id}-01-what-a-later-version-adds`,
])('%s names a trace and a span', (header) => {
	expect(parseTraceparent(header)).toEqual({ trace_id, span_id });
});

test.each([
	'',
	`ff-${trace_id}-${span_id}-01`,
	`00-${trace_id}-${span_id}-01-more`,
	`00-${'0'.repeat(32)}-${span_id}-01`,
	`00-${trace_id}-${'0'.repeat(16)}-01`,
	`00-${trace_id.toUpperCase()}-${span_id}-01`,
	`00-${trace_id}-${span_id}`,
	`00-${trace_id}x-${span_id}-01`,
	`01-${trace_id}-${span_id}-01x`,
])('%s is ignored', (header) => {
	expect(parseTraceparent(header)).toBe(undefined);
});
