import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';
import type { Sql } from 'postgres';
import { channelRoutes } from './channels/routes.ts';
import { gameRoutes } from './games/routes.ts';
import { handleError } from './http/errors.ts';
import type { Announcements } from './messages/announcements.ts';
import { messageRoutes } from './messages/routes.ts';
import { pageRoutes } from './pages/routes.ts';
import { userRoutes } from './users/routes.ts';

export interface AppOptions {
	readonly sql: Sql;
	/** Announce messages that this process or another has committed. */
	readonly announcements: Announcements;
}

export function createApp({ sql, announcements }: AppOptions): Hono {
	return (
		new Hono()
			.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"] } }))
			// A browser sends the password that it remembers with requests from other sites, too. It names the site in Origin, which
			// clients other than browsers do not send.
			.use(except((c) => c.req.header('Origin') === undefined, csrf()))
			.use(bodyLimit({ maxSize: 16 * 1024 }))
			.route('/', userRoutes(sql))
			.route('/', channelRoutes(sql))
			.route('/', messageRoutes(sql, announcements))
			.route('/', gameRoutes(sql))
			.route('/', pageRoutes(sql))
			.notFound((c) => c.json({ error: 'Not found' }, 404))
			.onError(handleError)
	);
}
