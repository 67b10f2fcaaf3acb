export { type DevOptions, runDev } from './dev.ts';
export { checkoutFiles, serverFiles, withDatabaseServer } from './server.ts';
