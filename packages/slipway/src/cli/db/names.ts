import { InvalidArgumentError } from 'commander';
import { type DevDatabase, findState } from '../../database/dev-data/index.ts';
import { SlipwayError } from '../../errors.ts';

const maxLength = 100;
/** Before the name of a branch, where a saved state may have the same. */
const branchPrefix = 'branch:';

export function parseStateName(name: string): string {
	if (name.trim() === '' || name.length > maxLength || /\p{Cc}/u.test(name) || !name.isWellFormed())
		throw new InvalidArgumentError(
			`Choose a name of 1 to ${maxLength} characters, without control characters.`,
		);
	if (namesBranch(name))
		throw new InvalidArgumentError(`A name that begins with ${branchPrefix} means a branch.`);
	return name;
}

/** The name of a branch, with or without `branch:`, or one for a state. */
export const parseTargetName = (name: string): string => (namesBranch(name) ? name : parseStateName(name));

export const namesBranch = (name: string): boolean => name.startsWith(branchPrefix);

/** The saved state or the data of the branch that `name` means. Throws `no-data`. */
export function requireData(
	databases: readonly DevDatabase[],
	name: string,
	checkout: string | undefined,
): DevDatabase {
	const found = findState(databases, name) ?? findBranch(databases, name, checkout);
	if (found === undefined) throw noData(name);
	return found;
}

export function noData(name: string): SlipwayError {
	return new SlipwayError(
		'no-data',
		`there is neither a saved state nor data of a branch with the name ${JSON.stringify(name)}`,
		'Run npx slipway db list to see what there is.',
	);
}

/** The data of a branch in this checkout. */
export function findBranch(
	databases: readonly DevDatabase[],
	name: string,
	checkout: string | undefined,
): DevDatabase | undefined {
	const branch = namesBranch(name) ? name.slice(branchPrefix.length) : name;
	return databases.find(
		({ note }) => note?.kind === 'branch' && note.branch === branch && note.checkout === checkout,
	);
}
