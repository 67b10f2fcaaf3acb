import { csrf } from 'hono/csrf';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { useRequestContext } from 'hono/jsx-renderer';
import { timingSafeEqual } from 'hono/utils/buffer';
import type { Env } from './session.ts';

/**
 * Refuses a form unless `Sec-Fetch-Site` or `Origin` shows that it comes from this origin. This stops even an attacker who
 * has obtained the token or planted a cookie.
 */
export const refuseOtherOrigins = csrf();

/**
 * Refuses a form without the token of its session, which only our own pages contain. Unlike the check above, this depends on
 * neither the headers that a proxy passes on nor the content type.
 */
export const requireToken = createMiddleware<Env>(async (c, next) => {
	if (!['GET', 'HEAD'].includes(c.req.method)) {
		const { token } = await c.req.parseBody();
		if (typeof token !== 'string' || !(await timingSafeEqual(token, c.get('session').token)))
			throw new HTTPException(403);
	}
	await next();
});

/** Every form that changes something must contain it. */
export function Token() {
	const { token } = useRequestContext<Env>().get('session');
	return <input type="hidden" name="token" value={token} />;
}
