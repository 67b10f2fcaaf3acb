import { zValidator } from '@hono/zod-validator';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Env } from '../session/session.ts';

/** What the fields of a form contain, which may be wrong. */
export type FormText = Readonly<Record<string, string | number | undefined>>;

/** What is wrong, by field. */
export type FieldErrors = Readonly<Record<string, readonly string[] | undefined>>;

export type ShowForm = (c: Context<Env>, text: FormText, errors: FieldErrors) => Response | Promise<Response>;

/** Lets only valid forms pass. Others are shown again with what was entered and what is wrong with it. */
export function validForm<Schema extends z.ZodType>(schema: Schema, show: ShowForm) {
	return zValidator('form', schema, (result, c: Context) => {
		if (result.success) return undefined;
		c.status(422);
		return show(c, result.data as FormText, z.flattenError(result.error).fieldErrors);
	});
}
