import { zValidator } from '@hono/zod-validator';
import { HTTPException } from 'hono/http-exception';
import { prettifyError, type ZodType, z } from 'zod';

/** Checks a part of the request, and answers with 400 and the reasons if it does not fit the schema. */
export const validate = <Target extends 'json' | 'query', Schema extends ZodType>(
	target: Target,
	schema: Schema,
) =>
	zValidator(target, schema, (result) => {
		if (!result.success) throw new HTTPException(400, { message: prettifyError(result.error) });
	});

/** A bigint, as text: a number cannot hold it exactly. */
export const id = z.string().regex(/^\d{1,18}$/, 'not an id');
