export { attachEmbedded, type EmbeddedOptions, hasCluster, startEmbedded } from './embedded/index.ts';
export { type ExternalOptions, startExternal } from './external.ts';
export type { PostgresServer } from './provider.ts';
