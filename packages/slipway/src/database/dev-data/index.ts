export {
	type BranchDatabase,
	createBranchDatabase,
	existingDatabase,
	findBranchDatabase,
	noteBranch,
} from './branches.ts';
export { type DevDatabase, databaseSizes, listDatabases, requireReadable } from './catalog.ts';
export { withTemporary } from './copy.ts';
export { type DevData, withDevData } from './dev-data.ts';
export type { Note } from './note.ts';
export { replaceDatabase } from './publish.ts';
export { copyOver, dropData, findState, requireState, saveState, undoReplacement } from './states.ts';
