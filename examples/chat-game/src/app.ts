import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
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
	/** Of messages that were committed, by this process or another. */
	readonly announcements: Announcements;
}

export function createApp({ sql, announcements }: AppOptions): Hono {
	return (
		new Hono()
			.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"] } }))
			// A browser sends the password that it remembers with the requests of other sites, too.
			.use(csrf())
			.use(bodyLimit({ maxSize: 16 * 1024 }))
			.route('/', userRoutes(sql))
			.route('/', channelRoutes(sql))
			.route('/', messageRoutes(sql, announcements))
			.route('/', gameRoutes(sql))
			.route('/', pageRoutes(sql))
			.onError(handleError)
	);
}
