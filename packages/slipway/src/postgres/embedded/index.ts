export { findBinaries } from './binaries.ts';
export { checkCluster } from './cluster.ts';
export { eraseArchives } from './collect.ts';
export { type EmbeddedOptions, startEmbedded } from './embedded.ts';
export { findEmbedded } from './lent.ts';
export { embeddedIdentity, embeddedSnapshots } from './snapshot-store.ts';
export { temporaryFolder } from './temporary-folder.ts';
export { removeThrowAways } from './throw-away.ts';
