import { zValidator } from '@hono/zod-validator';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Env } from '../session/session.ts';

/** The values of a form's fields as entered, valid or not. */
export type FormText = Readonly<Record<string, string | number | undefined>>;

/** Error messages by field. */
export type FieldErrors = Readonly<Record<string, readonly string[] | undefined>>;

export type ShowForm = (c: Context<Env>, text: FormText, errors: FieldErrors) => Response | Promise<Response>;

/** Lets only valid forms through. Shows others again, with the values entered and the errors. */
export function validForm<Schema extends z.ZodType>(schema: Schema, show: ShowForm) {
	return zValidator('form', schema, (result, c: Context) => {
		if (result.success) return undefined;
		c.status(422);
		return show(c, result.data as FormText, z.flattenError(result.error).fieldErrors);
	});
}
