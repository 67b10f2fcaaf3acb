export { type Contents, loginsOf, prepareServer, privateDatabase } from './prepare.ts';
export { snapshotSpec } from './snapshot-spec.ts';
