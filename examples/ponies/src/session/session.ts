import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';

/** Stored in a signed cookie: the browser can read it, but cannot change it without the secret key. */
const sessionSchema = z.object({
	/** In every form of this session: see forgery.tsx. */
	token: z.string(),
	/** Shown once, on the next page. */
	messages: z.array(z.string()),
});
type Session = Readonly<z.infer<typeof sessionSchema>>;

export interface Env {
	Variables: { session: Session };
}

export interface SessionOptions {
	/** Signs the sessions. Changing it invalidates all existing ones. */
	readonly secretKey: string;
	readonly secureCookies: boolean;
}

export function sessions({ secretKey, secureCookies }: SessionOptions) {
	// Browsers accept a cookie with the prefix __Host- only from this host, not from others on the same domain.
	const prefix = secureCookies ? { prefix: 'host' as const } : {};
	const cookie = { path: '/', httpOnly: true, sameSite: 'Lax', secure: secureCookies, ...prefix } as const;
	return createMiddleware<Env>(async (c, next) => {
		const signed = await getSignedCookie(c, secretKey, 'session', prefix.prefix);
		const stored = parseSession(signed);
		c.set('session', stored ?? { token: randomBytes(32).toString('base64url'), messages: [] });
		// Pages contain the token and the messages of one session.
		c.header('Cache-Control', 'private, no-cache');
		await next();
		const session = c.get('session');
		if (session !== stored) await setSignedCookie(c, 'session', JSON.stringify(session), secretKey, cookie);
	});
}

/** Returns undefined if the cookie is missing, not signed with our key, or not a session. */
function parseSession(signed: string | false | undefined): Session | undefined {
	if (!signed) return undefined;
	try {
		return sessionSchema.parse(JSON.parse(signed));
	} catch {
		return undefined;
	}
}

export function addMessage(c: Context<Env>, message: string): void {
	const session = c.get('session');
	c.set('session', { ...session, messages: [...session.messages, message] });
}

export function takeMessages(c: Context<Env>): readonly string[] {
	const session = c.get('session');
	if (session.messages.length > 0) c.set('session', { ...session, messages: [] });
	return session.messages;
}
