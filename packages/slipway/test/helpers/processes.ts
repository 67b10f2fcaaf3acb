/** What tests of the counter project need of Slipway beyond its public API. */
export { connectEngine, lockNewDirectory } from '../../src/postgres/index.ts';
export { currentProcess, isRunning, type ProcessIdentity } from '../../src/postgres/process-identity.ts';
export { appVariables, parseSettings } from '../../src/settings/index.ts';
