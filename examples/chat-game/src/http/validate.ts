import { zValidator } from '@hono/zod-validator';
import { HTTPException } from 'hono/http-exception';
import { prettifyError, type ZodType, z } from 'zod';

/** Validates a part of the request. If it is invalid, answers with 400 and the reasons. */
export const validate = <Target extends 'json' | 'query', Schema extends ZodType>(
	target: Target,
	schema: Schema,
) =>
	zValidator(target, schema, (result) => {
		if (!result.success) throw new HTTPException(400, { message: prettifyError(result.error) });
	});

/** A bigint, as a string: a number cannot represent all of them. */
export const id = z.string().regex(/^\d{1,18}$/, 'not an id');
