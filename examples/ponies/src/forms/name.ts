import { z } from 'zod';

/** Matches the CHECK constraints in the migrations. PostgreSQL cannot store NUL, one of the control characters. */
export const name = z
	.string()
	.trim()
	.min(1, 'Enter a name.')
	.max(80, 'Use 80 characters or fewer.')
	.regex(/^\P{Cc}*$/u, 'Remove the control characters.');
