import { isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/**
 * The address of the client. Each of the `proxies` in front of the service adds the address that it was reached from at the
 * end of `X-Forwarded-For`. What is further ahead comes from the client, which can write anything. A request that did not
 * come over a connection has no address.
 */
export function clientAddress(c: Context<{ Bindings: Partial<HttpBindings> }>, proxies: number): string {
	const connected = c.env?.incoming?.socket.remoteAddress ?? '';
	if (proxies === 0) return connected;
	const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((address) => address.trim());
	const address = forwarded.at(-proxies) ?? forwarded[0] ?? '';
	return isIP(address) ? address : connected;
}
