import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';

/** Clients see errors in their requests. Any other error is logged, and not shown. */
export const handleError: ErrorHandler = (error, c) => {
	if (error instanceof HTTPException) return error.res ?? c.json({ error: error.message }, error.status);
	console.error(error);
	return c.json({ error: 'Internal server error' }, 500);
};
