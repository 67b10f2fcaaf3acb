import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { htmlHeaders, jsonHeaders } from '../../http/headers.ts';
import { respondWithProblem } from '../../http/problem.ts';
import { type Count, type Counters, KeyReusedError } from '../counters.ts';
import { renderDocs } from './docs.ts';
import { defaultCounter, hitCounter, listCounters, readCounter } from './operations.ts';

/** Clients may keep a response, but must ask whether it is up to date. */
const revalidated = { ...jsonHeaders, 'Cache-Control': 'no-cache' };

const info = { title: 'Counter', version: '1', description: 'Counts, and never loses or repeats a number.' };

/** The type of these routes is what the client in `client.ts` knows of the API. */
export function apiRoutes(counters: Counters) {
	const app = new OpenAPIHono({
		defaultHook: (result, c) => (result.success ? undefined : refuse(result, c)),
	});
	for (const route of defaultCounter) app.openAPIRegistry.registerPath(route);
	const describe = () => app.getOpenAPI31Document({ openapi: '3.1.0', info });
	return app
		.openapi(listCounters, async (c) => {
			const { after = '', limit } = c.req.valid('query');
			const page = await counters.list(after, limit + 1);
			const last = page.length > limit ? page[limit - 1] : undefined;
			const body = { counters: page.slice(0, limit).map(toJson), ...(last && { next: last.name }) };
			return c.json(body, 200, revalidated);
		})
		.openapi(readCounter, async (c) => {
			const { name } = c.req.valid('param');
			const count = await counters.read(name);
			if (count === undefined)
				return respondWithProblem(c, 404, { detail: `There is no counter "${name}".` });
			return c.json(toJson({ name, count }), 200, { ...revalidated, ETag: `"${count}"` });
		})
		.openapi(hitCounter, async (c) => {
			const { name } = c.req.valid('param');
			const { by = 1 } = c.req.valid('json');
			const key = c.req.valid('header')['idempotency-key']?.replace(/^"(.+)"$/, '$1');
			const count = await counters.hit(name, by, key).catch(refuseReuse);
			return c.json(toJson({ name, count }), 200, jsonHeaders);
		})
		.get('/api/openapi.json', () => new Response(JSON.stringify(describe()), { headers: jsonHeaders }))
		.get('/api/docs', () => new Response(renderDocs(describe()), { headers: htmlHeaders }));
}

function refuseReuse(error: unknown): never {
	if (!(error instanceof KeyReusedError)) throw error;
	throw new HTTPException(422, { message: 'The Idempotency-Key was used for another request.' });
}

/** JSON numbers have no size limit, but `JSON.stringify` rejects a bigint. */
function toJson({ name, count }: Count): { name: string; count: number } {
	return { name, count: rawJson(String(count)) };
}

/** Its type is that of what a client parses. TypeScript does not know the function yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): number };

interface Invalid {
	readonly target: string;
	readonly error: { readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[] };
}

function refuse({ target, error }: Invalid, c: Context): Response {
	const errors = error.issues.map(({ path, message }) => ({
		in: target === 'json' ? 'body' : target,
		field: path.join('.'),
		detail: message,
	}));
	return respondWithProblem(c, 400, { detail: 'The request is not valid.', errors });
}
