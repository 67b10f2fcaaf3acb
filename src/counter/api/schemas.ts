import { z } from '@hono/zod-openapi';

/** The largest number that one request may add. With more, one client could soon bring a counter to its end. */
const maxBy = 1_000_000;

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a-z, 0-9, ".", "_" and "-"');

export const CounterPath = z.object({
	name: name.openapi({ param: { name: 'name', in: 'path' }, example: 'downloads' }),
});

export const Page = z.object({
	after: name.optional().openapi({ description: 'Return the counters after this name.' }),
	// The library cannot describe a number that is read from text.
	limit: z.coerce.number<string>().int().min(1).max(1000).default(100).openapi({
		type: 'integer',
		minimum: 1,
		maximum: 1000,
		default: 100,
		description: 'How many counters to return.',
	}),
});

export const Hit = z
	.strictObject({
		by: z.int().min(1).max(maxBy).optional().openapi({ description: 'What to add. Default: 1.' }),
	})
	.openapi('Hit');

/** A key may be a quoted string, as in the IETF draft, or be sent without the quotes. */
export const HitHeaders = z.object({
	'idempotency-key': z
		.string()
		.regex(/^[!-~]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
		.optional()
		.openapi({ description: 'Requests with the same key are one hit, for a day: all get the same value.' }),
});

const count = z.int().min(0).openapi({ format: 'int64' });

export const Counter = z.object({ name, count }).openapi('Counter');

export const CounterList = z
	.object({
		counters: z.array(Counter),
		next: name
			.optional()
			.openapi({ description: 'If there are more: the value of "after" for the next page.' }),
	})
	.openapi('CounterList');

export const Count = z.object({ count }).openapi('Count');

export const Problem = z
	.object({
		type: z.string(),
		title: z.string(),
		status: z.int(),
		detail: z.string().optional(),
		errors: z
			.array(z.object({ in: z.string(), field: z.string(), detail: z.string() }))
			.optional()
			.openapi({ description: 'What is invalid in the request.' }),
		request_id: z.string().optional().openapi({ description: 'The id of the request in the log.' }),
	})
	.openapi('Problem', { description: 'Problem details as in RFC 9457.' });
