export { isDamage, warnOfDamage } from './damage.ts';
export { type Kept, noteUse, snapshotsToEvict } from './eviction-policy.ts';
export { type SnapshotSpec, type SnapshotStore, startFromSnapshot } from './snapshot.ts';
