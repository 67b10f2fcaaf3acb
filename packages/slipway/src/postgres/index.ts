export { cacheFolder, snapshotFolder } from './cache-folder.ts';
export { type Choice, type ChooseOptions, chooseProvider } from './choose.ts';
export {
	type ContainerOptions,
	connectEngine,
	eraseForgotten,
	eraseSnapshots,
	eraseVolumes,
	isLeftContainer,
	label,
	removeLeftovers,
	removeLostImages,
	startContainer,
	volumeUpgrades,
} from './container/index.ts';
export { findDeadFolders, removeDeadFolders } from './dead-folders.ts';
export {
	checkUnlocked,
	holderOf,
	type LockHolder,
	lastUseOf,
	lockDirectory,
	lockNewDirectory,
} from './directory-lock.ts';
export {
	type Binaries,
	checkCluster,
	clusterIn,
	createLinks,
	type EmbeddedOptions,
	findBinaries,
	findTemporaryServers,
	fixPermissions,
	missingLinks,
	noBinaries,
	removeTemporaryServers,
	snapshotWay,
	startEmbedded,
	temporaryFolder,
	temporaryFolders,
} from './embedded/index.ts';
export { type ExternalOptions, startExternal } from './external.ts';
export { explainFullDisk, isCausedByFullDisk, isFull } from './file-errors.ts';
export { createKeptFolder, findKeptFolders, removeKeptFolders } from './kept-folder.ts';
export { downloadPackage, type NpmPackage } from './npm-package.ts';
export { type PostgresServer, stoppedBy, unmanaged } from './postgres-server.ts';
export { currentProcess, type ProcessIdentity, stateOf } from './process-identity.ts';
export { providers } from './registry.ts';
export type { Removed } from './removed.ts';
export { requestedSettings, type ServerSettings, temporarySettings } from './server-settings.ts';
export { type SnapshotSpec, startFromSnapshot } from './snapshots/index.ts';
export { ownProviderOf, type StartServerOptions, startServer } from './start.ts';
export { findOwned, startOrJoin, startWhenUnused } from './start-or-join.ts';
export type { Upgrades } from './upgrade.ts';
