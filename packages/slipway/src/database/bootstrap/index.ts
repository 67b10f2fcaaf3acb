export { createBareDatabase } from './bare-database.ts';
export { type BootstrapOptions, bootstrapDatabase, type Drift, findDrift } from './bootstrap.ts';
export type { Change } from './change.ts';
export { ensureExtensions } from './extensions.ts';
export { ensureLogins, type FurtherLogin } from './logins.ts';
export { scramVerifier } from './scram.ts';
export { passwordStatement, setPassword } from './set-password.ts';
