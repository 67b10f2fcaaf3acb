export { saysDamage, warnOfDamage } from './damage.ts';
export { snapshotFolder } from './folder.ts';
export { type SnapshotSpec, type SnapshotStore, startFromSnapshot } from './snapshot.ts';
export { type Kept, noteUse, surplusOf } from './surplus.ts';
