import type { DevDatabase } from '../../database/dev-data/index.ts';
import { listBranches, mergedBranches } from '../../dev/index.ts';

/** `deleted`: git has no such branch any more. `merged`: the default branch has all of its commits. */
export type BranchState = 'deleted' | 'merged';

/** What became of a branch; undefined if it is still being worked on. The default branch has the database in the settings. */
export async function branchStates(
	root: string,
	databases: readonly DevDatabase[],
	project: string,
): Promise<(branch: string) => BranchState | undefined> {
	const existing = await listBranches(root);
	const note = databases.find(({ name }) => name === project)?.note;
	const target = note?.kind === 'branch' && existing.includes(note.branch) ? note.branch : undefined;
	const merged = target === undefined ? [] : await mergedBranches(root, target);
	return (branch) => {
		if (!existing.includes(branch)) return 'deleted';
		return branch !== target && merged.includes(branch) ? 'merged' : undefined;
	};
}
