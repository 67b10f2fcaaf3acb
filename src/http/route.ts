import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/**
 * The pattern of the route that a request is for, such as `/api/counters/:name`, or `none`. The number of patterns is
 * limited; that of paths is not.
 */
export function routeOf(c: Context): string {
	const route = matchedRoutes(c).at(-1);
	return route === undefined || route.method === 'ALL' ? 'none' : route.path;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The method of a request, or `other`. */
export function methodOf(c: Context): string {
	return methods.has(c.req.method) ? c.req.method : 'other';
}
