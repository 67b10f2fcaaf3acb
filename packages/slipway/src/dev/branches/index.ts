export { databaseInUse, readCheckout } from './checkout.ts';
export { type BranchOptions, onBranch, usesBranches } from './follow.ts';
export { gitFiles, listBranches, mergedBranches } from './git.ts';
