import { SlipwayError } from '../../errors.ts';
import { sequenceNumber } from './order.ts';
import { currentBranch, describeProvenance, type Provenance, readProvenance } from './provenance.ts';

/** Those of `names` that share a number, by that. */
function sameNumbers(names: readonly string[]): readonly (readonly string[])[] {
	return Array.from(Map.groupBy(names, sequenceNumber).values()).filter((group) => group.length > 1);
}

/** Throws `same-number`, with where they come from. */
export async function refuseSameNumbers(directory: string, names: readonly string[]): Promise<void> {
	const groups = sameNumbers(names);
	if (groups.length === 0) return;
	const { origins, refused } = await readProvenance(directory, groups.flat());
	throw new SlipwayError(
		'same-number',
		[
			`${directory} has migrations with the same number, so that their order is open; nothing was run:`,
			...groups.flatMap((group) => [
				`  ${group.join('.sql and ')}.sql`,
				...group.flatMap((name) =>
					describeProvenance(origins.get(name)).map((line) => `    ${name} is ${line}`),
				),
			]),
			...(refused === undefined ? [] : [`  ${refused}`]),
		].join('\n'),
		'Give one of them a later number: scripts/migrate rebase moves the one that is not applied or, where none is, the one that the current branch added.',
	);
}

/**
 * Those of `names` that make way for another of the same number, none of them applied: what is not committed before what
 * is on the current branch, that before the rest, and the later before the earlier. What comes after them and is of the
 * same branch goes with them, so that its own order stays.
 */
export async function findMakingWay(
	directory: string,
	names: readonly string[],
	applied: ReadonlySet<string>,
): Promise<readonly string[]> {
	const groups = sameNumbers(names);
	if (groups.length === 0) return [];
	const [{ origins }, current] = await Promise.all([
		readProvenance(directory, names),
		currentBranch(directory),
	]);
	const branchOf = (name: string) => (origins.has(name) ? origins.get(name)?.branch : current);
	const strength = (name: string) =>
		applied.has(name) ? 3 : !origins.has(name) ? 0 : branchOf(name) === current ? 1 : 2;
	const shared = new Set(groups.flat());
	const giving = groups.flatMap((group) => {
		const [, ...others] = group.toSorted(
			(a, b) => strength(b) - strength(a) || timeOf(origins.get(a)) - timeOf(origins.get(b)),
		);
		return others.filter((name) => !applied.has(name));
	});
	const first = names.findIndex((name) => giving.includes(name));
	const branches = new Set(giving.map(branchOf));
	return names.filter(
		(name, index) =>
			giving.includes(name) ||
			(index > first && !shared.has(name) && !applied.has(name) && branches.has(branchOf(name))),
	);
}

const timeOf = (provenance: Provenance | undefined) => (provenance ? Date.parse(provenance.date) : 0);
