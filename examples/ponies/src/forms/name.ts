import { z } from 'zod';

/** What the CHECK of every name in the migrations allows. */
export const name = z.string().trim().min(1, 'Enter a name.').max(80, 'Use 80 characters or fewer.');
