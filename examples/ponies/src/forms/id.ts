import { zValidator } from '@hono/zod-validator';
import { z } from 'zod';

/** In the range of PostgreSQL's `integer`: a larger number would fail the query. */
export const id = z.coerce.number().pipe(z.int32().positive());

/** Validates the path parameter `:id`. Anything else is a 404. */
export const idInPath = zValidator('param', z.object({ id }), (result, c) =>
	result.success ? undefined : c.notFound(),
);
