import type { ErrorHandler } from 'hono';
import type { Logger } from 'pino';
import { loggedPath } from './logging.ts';
import { respondWithProblem } from './problem.ts';
import { UnavailableError } from './unavailable.ts';

/** Answers a request whose handler threw: 503 to try again, 500 for what nobody foresaw. Tells only the log why. */
export function handleErrors(logger: Logger): ErrorHandler {
	return (error, c) => {
		const foreseen = error instanceof UnavailableError;
		if (foreseen) logger.error({ code: error.code, hint: error.hint }, error.message);
		else logger.error({ err: error, method: c.req.method, path: loggedPath(c.req.path) }, 'unexpected error');
		return foreseen
			? respondWithProblem(c, 503, { detail: 'Try again in a moment.', headers: { 'Retry-After': '1' } })
			: respondWithProblem(c, 500);
	};
}
