import { z } from 'zod';

/** Also keeps out "." and "..", which clients resolve away, and "%", which the router leaves in a malformed encoding. */
const pattern = /^[\p{L}\p{N}](?:[ ._-]?[\p{L}\p{M}\p{N}])*$/u;

const maxLength = 40;

export const nameRule = `A name has 1 to ${maxLength} characters: letters and digits, and single spaces, dots, hyphens or underscores between them.`;

/** Normalised, so that two spellings that look the same are the same group. */
export const groupName = z
	.string()
	.normalize('NFC')
	// In characters, as PostgreSQL counts. `max` would count UTF-16 code units.
	.refine((name) => pattern.test(name) && [...name].length <= maxLength, nameRule);
