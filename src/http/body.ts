import type { HttpBindings } from '@hono/node-server';
import type { Context, Next } from 'hono';

/**
 * Replaces a request that has come without a body by one whose `body` is null. Code that looks for a body would otherwise
 * make a stream and read its end, which takes longer than all the rest of a small request.
 */
export async function skipMissingBody(
	c: Context<{ Bindings: Partial<HttpBindings> }>,
	next: Next,
): Promise<void> {
	const sent = c.env?.incoming?.headers;
	if (sent && Number(sent['content-length'] ?? 0) === 0 && sent['transfer-encoding'] === undefined)
		c.req.raw = new Request(c.req.url, { method: c.req.method, headers: c.req.raw.headers });
	await next();
}
