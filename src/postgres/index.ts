export { checkUnclaimed } from './claim.ts';
export { attachEmbedded, type EmbeddedOptions, hasServer, startEmbedded } from './embedded/index.ts';
export { type ExternalOptions, startExternal } from './external.ts';
export type { PostgresServer } from './provider.ts';
