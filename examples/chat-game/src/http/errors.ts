import type { ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';

/** The client gets the message of an error that is its own. The cause of any other goes to the log only. */
export const handleError: ErrorHandler = (error, c) => {
	if (error instanceof HTTPException) return error.res ?? c.json({ error: error.message }, error.status);
	console.error(error);
	return c.json({ error: 'Internal server error' }, 500);
};
