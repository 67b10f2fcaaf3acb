export { attachServer, findLent, findServer, startWhenUnused } from './attach.ts';
export { type Choice, chooseProvider } from './choose.ts';
export { type Claimant, checkUnclaimed, claimantOf, claimDirectory, claimNewDirectory } from './claim.ts';
export {
	type ContainerOptions,
	connectEngine,
	containerIdentity,
	containerSnapshots,
	eraseForgotten,
	eraseSnapshots,
	eraseVolumes,
	type Removed,
	removeLeftovers,
	removeLostImages,
	startContainer,
} from './container/index.ts';
export { removeDeadFolders } from './dead-folders.ts';
export {
	checkCluster,
	type EmbeddedOptions,
	embeddedIdentity,
	embeddedSnapshots,
	eraseArchives,
	findBinaries,
	removeThrowAways,
	startEmbedded,
	temporaryFolder,
} from './embedded/index.ts';
export { type ExternalOptions, startExternal } from './external.ts';
export { makeKeptFolder, removeKeptFolders } from './kept-folder.ts';
export type { PostgresServer } from './provider.ts';
export type { ServerSettings } from './server-settings.ts';
export {
	chainKeys,
	hashOf,
	hashOfCode,
	type Recipe,
	type SnapshotStore,
	snapshotFolder,
	startFromSnapshot,
	versionOf,
} from './snapshots/index.ts';
export { type OwnProvider, ownProviderOf, type StartServerOptions, startServer } from './start.ts';
