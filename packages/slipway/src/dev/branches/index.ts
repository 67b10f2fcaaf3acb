export { databaseInUse, readCheckout } from './checkout.ts';
export { gitFiles, listBranches, mergedBranches } from './git.ts';
export { onBranch, usesBranches } from './on-branch.ts';
