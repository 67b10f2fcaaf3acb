import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import type { Sql } from 'postgres';
import { credentials } from './credentials.ts';
import { isPasswordOf } from './store.ts';

export interface UserEnv {
	readonly Variables: { user: string };
}

/**
 * Answers with 401 unless the request has the name and password of a user. Sets the variable `user`.
 *
 * HTTP Basic needs no sessions, no secret key and no login form: the browser asks for the password. It costs a password hash
 * per request. To avoid that, issue a signed cookie at login.
 */
export function requireUser(sql: Sql): MiddlewareHandler<UserEnv> {
	return basicAuth({
		realm: 'chat-game',
		verifyUser: async (username, password) =>
			credentials.safeParse({ username, password }).success && (await isPasswordOf(sql, username, password)),
		onAuthSuccess: (c, username) => c.set('user', username),
		invalidUserMessage: { error: 'Log in with the name and password of a registered user' },
	});
}
