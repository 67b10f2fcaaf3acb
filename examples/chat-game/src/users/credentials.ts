import { z } from 'zod';

export const credentials = z.object({
	username: z.string().regex(/^[\w.-]{1,40}$/, '1 to 40 letters, digits, dots, hyphens and underscores'),
	password: z.string().min(8).max(200),
});
