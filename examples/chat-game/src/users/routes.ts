import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Sql } from 'postgres';
import { validate } from '../http/validate.ts';
import { credentials } from './credentials.ts';
import { addUser } from './store.ts';

export function userRoutes(sql: Sql): Hono {
	return new Hono().post('/users', validate('json', credentials), async (c) => {
		const { username, password } = c.req.valid('json');
		if (!(await addUser(sql, username, password)))
			throw new HTTPException(409, { message: `The name ${username} is taken` });
		return c.json({ username }, 201);
	});
}
