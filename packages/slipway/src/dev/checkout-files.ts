import { join } from 'node:path';

/** The folder for the data and the password file of a checkout. */
export const checkoutFiles = (root: string) => join(root, '.slipway');
/** The password file for psql, with the app's login from the last run of `dev` or `up`. */
export const passFile = (root: string) => join(checkoutFiles(root), 'pgpass');
