import { csrf } from 'hono/csrf';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { useRequestContext } from 'hono/jsx-renderer';
import { timingSafeEqual } from 'hono/utils/buffer';
import type { Env } from './session.ts';

/**
 * Refuses a form unless the browser says that it comes from this origin (`Sec-Fetch-Site`, `Origin`): also that of somebody
 * who has got hold of the token, or has planted a cookie.
 */
export const refuseOtherOrigins = csrf();

/**
 * Refuses a form without the token of the session, which only its own pages contain. This rests on the secret key alone: not
 * on what a proxy does to headers, nor on the content types that the check above looks at.
 */
export const requireToken = createMiddleware<Env>(async (c, next) => {
	if (!['GET', 'HEAD'].includes(c.req.method)) {
		const { token } = await c.req.parseBody();
		if (typeof token !== 'string' || !(await timingSafeEqual(token, c.get('session').token)))
			throw new HTTPException(403);
	}
	await next();
});

/** Belongs into every form that changes something. */
export function Token() {
	const { token } = useRequestContext<Env>().get('session');
	return <input type="hidden" name="token" value={token} />;
}
