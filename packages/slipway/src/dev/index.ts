export { type DevOptions, runDev } from './dev.ts';
export { checkoutFiles, passFile, serverFiles, withDatabaseServer } from './server.ts';
