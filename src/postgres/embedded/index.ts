export { attachEmbedded, hasCluster } from './attach.ts';
export { type EmbeddedOptions, startEmbedded } from './embedded.ts';
