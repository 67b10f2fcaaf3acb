import type { MiddlewareHandler } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import type { Sql } from 'postgres';
import { credentials } from './credentials.ts';
import { isPasswordOf } from './store.ts';

export interface UserEnv {
	readonly Variables: { user: string };
}

/**
 * Answers with 401 unless the request has the name and password of a user, who is then the variable `user`.
 *
 * HTTP Basic needs no sessions, no secret key and no login form: a browser asks for the password by itself. It costs a hash
 * of the password for each request. A service that cannot afford that gives a signed cookie to those who log in.
 */
export function requireUser(sql: Sql): MiddlewareHandler<UserEnv> {
	return basicAuth({
		realm: 'chat-game',
		verifyUser: async (username, password) =>
			credentials.safeParse({ username, password }).success && (await isPasswordOf(sql, username, password)),
		onAuthSuccess: (c, username) => c.set('user', username),
		invalidUserMessage: { error: 'This needs the name and password of a registered user' },
	});
}
