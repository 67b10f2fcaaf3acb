export { readCheckout } from './checkout.ts';
export { gitFiles, listBranches, mergedBranches } from './git.ts';
export { onBranch, settingsInUse, usesBranches } from './on-branch.ts';
