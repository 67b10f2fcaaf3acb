import { createRoute, type z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { etag } from 'hono/etag';
import { skipMissingBody } from '../../http/body.ts';
import { respondWithProblem } from '../../http/problem.ts';
import { Count, Counter, CounterList, CounterPath, Hit, HitHeaders, Page, Problem } from './schemas.ts';

const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
	description,
	content: { 'application/json': { schema } },
});
const problem = (description: string) => ({
	description,
	content: { 'application/problem+json': { schema: Problem } },
});

const unavailable = { 503: problem('The database is not available. A hit may have been counted.') };
const limited = {
	429: problem('The address has sent too many requests. Retry-After has the seconds to wait.'),
};
const invalid = { 400: problem('The request is not valid. "errors" lists what is wrong.') };
const notModified = { 304: { description: 'The response whose ETag is in If-None-Match is up to date.' } };

/** The bodies of this API are a few bytes. */
const smallBody = bodyLimit({ maxSize: 1024, onError: (c) => respondWithProblem(c, 413) });

export const listCounters = createRoute({
	method: 'get',
	path: '/api/counters',
	operationId: 'listCounters',
	summary: 'List the counters by name',
	middleware: [etag()] as const,
	request: { query: Page },
	responses: {
		200: json('A page of counters.', CounterList),
		...notModified,
		...invalid,
		...limited,
		...unavailable,
	},
});

export const readCounter = createRoute({
	method: 'get',
	path: '/api/counters/{name}',
	operationId: 'readCounter',
	summary: 'Read a counter',
	middleware: [etag()] as const,
	request: { params: CounterPath },
	responses: {
		200: json('The counter.', Counter),
		...notModified,
		...invalid,
		404: problem('There is no counter with this name.'),
		...limited,
		...unavailable,
	},
});

export const hitCounter = createRoute({
	method: 'post',
	path: '/api/counters/{name}',
	operationId: 'hitCounter',
	summary: 'Count a hit, or add a number',
	description:
		'Creates the counter if it does not exist. The new value belongs to this request: no other one gets it.',
	middleware: [skipMissingBody, smallBody] as const,
	request: {
		params: CounterPath,
		headers: HitHeaders,
		body: { content: { 'application/json': { schema: Hit } } },
	},
	responses: {
		200: json('The counter with its new value.', Counter),
		...invalid,
		413: problem('The body is larger than 1 KB.'),
		415: problem('The body is not JSON.'),
		422: problem('The Idempotency-Key was used for another request.'),
		...limited,
		...unavailable,
	},
});

/** For the document only: these two are served without validation, which they do not need. */
export const defaultCounter = (['get', 'post'] as const).map((method) =>
	createRoute({
		method,
		path: '/api/counter',
		operationId: method === 'get' ? 'readVisits' : 'hitVisits',
		summary: method === 'get' ? 'Read the counter "visits"' : 'Count a hit on the counter "visits"',
		responses: { 200: json('The value.', Count), ...unavailable },
	}),
);
