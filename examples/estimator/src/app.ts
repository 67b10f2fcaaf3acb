import { zValidator } from '@hono/zod-validator';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Pool } from 'pg';
import { z } from 'zod';
import { groupName, nameRule } from './group-name.ts';
import { createGroup, hasGroup } from './groups.ts';

const groups = '/rest/v1/group';

const validName = zValidator('param', z.object({ name: groupName }), (result, c) =>
	result.success ? undefined : c.json({ error: nameRule }, 400),
);

export function createApp({ pool }: { pool: Pool }): Hono {
	const app = new Hono();
	app.use(methodNotAllowed({ app }));

	app.get(`${groups}/:name`, validName, async (c) => {
		const { name } = c.req.valid('param');
		if (!(await hasGroup(pool, name))) return c.json({ error: `There is no group "${name}".` }, 404);
		return c.json({ groupname: name });
	});

	app.post(`${groups}/:name`, validName, async (c) => {
		const { name } = c.req.valid('param');
		// 409 Conflict, not 400: the request is valid, but conflicts with an existing group.
		if (!(await createGroup(pool, name)))
			return c.json({ error: `The group "${name}" already exists.` }, 409);
		return c.body(null, 201, { Location: `${groups}/${encodeURIComponent(name)}` });
	});

	app.notFound((c) => c.json({ error: 'Not found.' }, 404));
	app.onError((error, c) => {
		console.error(error);
		return c.json({ error: 'Internal server error.' }, 500);
	});
	return app;
}
