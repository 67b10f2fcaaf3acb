import { zValidator } from '@hono/zod-validator';
import { z } from 'zod';

/** What PostgreSQL's `integer` can hold; a larger number would be an error of the query. */
export const id = z.coerce.number().pipe(z.int32().positive());

/** The parameter `:id` of a path. Anything but a number is a page that does not exist. */
export const idInPath = zValidator('param', z.object({ id }), (result, c) =>
	result.success ? undefined : c.notFound(),
);
