import { randomBytes } from 'node:crypto';

/** 256 bits. Needs no quotes in `.env` and no encoding in a URL. */
export const newPassword = (): string => randomBytes(32).toString('base64url');
