export { findBinaries, noBinaries } from './binaries.ts';
export { checkCluster } from './cluster.ts';
export { clusterIn } from './cluster-folder.ts';
export { fixPermissions } from './data-permissions.ts';
export { type EmbeddedOptions, startEmbedded } from './embedded.ts';
export { embedded } from './provider.ts';
export { snapshotWay } from './snapshot-way.ts';
export { temporaryFolder } from './temporary-folder.ts';
export { findTemporaryServers, removeTemporaryServers } from './temporary-server.ts';
