import { readFileSync } from 'node:fs';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import type { Database } from './database/database.ts';
import { handlerRoutes } from './handlers/routes.tsx';
import { layout } from './layout/layout.tsx';
import { ownerRoutes } from './owners/routes.tsx';
import { ponyRoutes } from './ponies/routes.tsx';
import { refuseOtherOrigins, requireToken } from './session/forgery.tsx';
import { type Env, type SessionOptions, sessions } from './session/session.ts';

export interface AppOptions extends SessionOptions {
	readonly db: Database;
}

const style = readFileSync(new URL('layout/style.css', import.meta.url), 'utf8');

/** The service without a port: `app.request('/ponies')` is a page. */
export function createApp({ db, ...session }: AppOptions): Hono<Env> {
	const app = new Hono<Env>();
	app.use(headers);
	app.get('/style.css', (c) => c.body(style, { headers: { 'Content-Type': 'text/css; charset=utf-8' } }));
	app.use(sessions(session), layout);
	app.use(bodyLimit({ maxSize: 16 * 1024 }), refuseOtherOrigins, requireToken);
	app.get('/', (c) => c.redirect('/ponies'));
	app.route('/ponies', ponyRoutes(db));
	app.route('/owners', ownerRoutes(db));
	app.route('/handlers', handlerRoutes(db));
	app.notFound((c) => showError(c, 404));
	app.onError((error, c) => {
		if (error instanceof HTTPException) return showError(c, error.status);
		console.error(error);
		return showError(c, 500);
	});
	return app;
}

/**
 * Forbids scripts and framing. The default referrer policy, `no-referrer`, would make the `Origin` of our own forms `null`,
 * and over plain HTTP browsers send no `Sec-Fetch-Site` to tell them from forged ones.
 */
const headers = secureHeaders({
	contentSecurityPolicy: {
		defaultSrc: ["'none'"],
		styleSrc: ["'self'"],
		imgSrc: ['data:'],
		formAction: ["'self'"],
		frameAncestors: ["'none'"],
		baseUri: ["'none'"],
	},
	referrerPolicy: 'same-origin',
});

async function showError(c: Context<Env>, status: HTTPException['status']): Promise<Response> {
	c.status(status);
	return await c.render(<p>{explanations[status] ?? explanations[500]}</p>, { title: `Error ${status}` });
}

const explanations: Readonly<Record<number, string>> = {
	400: 'The server could not understand the request.',
	403: 'This form does not belong to your session. Open the page again, and resubmit the form.',
	404: 'This page does not exist.',
	413: 'The form is too large.',
	500: 'Something went wrong on our side. Try again later.',
};
