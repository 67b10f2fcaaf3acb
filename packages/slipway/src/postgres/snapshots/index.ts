export { saysDamage, warnOfDamage } from './damage.ts';
export { snapshotFolder } from './folder.ts';
export { chainKeys, hashOf, hashOfCode, versionOf } from './key.ts';
export { type Recipe, type SnapshotStore, startFromSnapshot } from './snapshot.ts';
export { type Kept, noteUse, surplusOf } from './surplus.ts';
