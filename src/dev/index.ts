export { type DevOptions, runDev } from './dev.ts';
export { withDatabaseServer } from './server.ts';
