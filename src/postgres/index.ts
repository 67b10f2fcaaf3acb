export { checkUnclaimed } from './claim.ts';
export {
	attachEmbedded,
	type EmbeddedOptions,
	embeddedIdentity,
	embeddedSnapshots,
	hasServer,
	type ServerSettings,
	startEmbedded,
} from './embedded/index.ts';
export { type ExternalOptions, startExternal } from './external.ts';
export type { PostgresServer } from './provider.ts';
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
