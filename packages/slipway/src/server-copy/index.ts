export type { CopiedDatabase } from './compare.ts';
export { type CopyOptions, copyServer } from './copy-server.ts';
export { type DataPlace, type MoveOptions, moveData, type Upgraded } from './move-data.ts';
