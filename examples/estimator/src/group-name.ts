import { z } from 'zod';

/** Also excludes "." and "..", which clients resolve, and "%", which the router leaves in malformed encodings. */
const pattern = /^[\p{L}\p{N}](?:[ ._-]?[\p{L}\p{M}\p{N}])*$/u;

const maxLength = 40;

export const nameRule = `A name has 1 to ${maxLength} characters: letters and digits, and single spaces, dots, hyphens or underscores between them.`;

/** Normalized, so that two encodings of the same letters name the same group. */
export const groupName = z
	.string()
	.normalize('NFC')
	// In code points, as PostgreSQL counts. `max` would count UTF-16 code units.
	.refine((name) => pattern.test(name) && [...name].length <= maxLength, nameRule);
