export type { CopiedDatabase } from './compare.ts';
export { type CopyOptions, copyServer } from './copy-server.ts';
