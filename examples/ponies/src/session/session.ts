import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';

/** Kept in the browser, in a cookie that it can read and send, and not change without the secret key. */
const sessionSchema = z.object({
	/** Of the forms of this session: see forgery.ts. */
	token: z.string(),
	/** What the next page shows once. */
	messages: z.array(z.string()),
});
type Session = Readonly<z.infer<typeof sessionSchema>>;

export interface Env {
	Variables: { session: Session };
}

export interface SessionOptions {
	/** Signs the sessions. With another key, those of before are void. */
	readonly secretKey: string;
	readonly secureCookies: boolean;
}

export function sessions({ secretKey, secureCookies }: SessionOptions) {
	// A browser takes a cookie with the prefix __Host- from this very host only, not from one that shares its domain.
	const prefix = secureCookies ? { prefix: 'host' as const } : {};
	const cookie = { path: '/', httpOnly: true, sameSite: 'Lax', secure: secureCookies, ...prefix } as const;
	return createMiddleware<Env>(async (c, next) => {
		const signed = await getSignedCookie(c, secretKey, 'session', prefix.prefix);
		const stored = parseSession(signed);
		c.set('session', stored ?? { token: randomBytes(32).toString('base64url'), messages: [] });
		// The pages contain the token and the messages of one session.
		c.header('Cache-Control', 'private, no-cache');
		await next();
		const session = c.get('session');
		if (session !== stored) await setSignedCookie(c, 'session', JSON.stringify(session), secretKey, cookie);
	});
}

/** Undefined if there is none, or if its signature or its form is not ours. */
function parseSession(signed: string | false | undefined): Session | undefined {
	if (!signed) return undefined;
	return sessionSchema.safeParse(JSON.parse(signed)).data;
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
