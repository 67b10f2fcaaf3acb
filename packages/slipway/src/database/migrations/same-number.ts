import { SlipwayError } from '../../errors.ts';
import { sequenceNumber } from './order.ts';
import { currentBranch, describeProvenance, type Provenance, readProvenance } from './provenance.ts';

/** The groups of `names` that share a number. */
function sameNumbers(names: readonly string[]): readonly (readonly string[])[] {
	return Array.from(Map.groupBy(names, sequenceNumber).values()).filter((group) => group.length > 1);
}

/** Throws `same-number`, which says where the migrations come from. */
export async function refuseSameNumbers(directory: string, names: readonly string[]): Promise<void> {
	const groups = sameNumbers(names);
	if (groups.length === 0) return;
	const { origins, refused } = await readProvenance(directory, groups.flat());
	throw new SlipwayError(
		'same-number',
		[
			`${directory} has migrations with the same number, so their order is ambiguous; nothing was run:`,
			...groups.flatMap((group) => [
				`  ${group.join('.sql and ')}.sql`,
				...group.flatMap((name) =>
					describeProvenance(origins.get(name)).map((line) => `    ${name} is ${line}`),
				),
			]),
			...(refused === undefined ? [] : [`  ${refused}`]),
		].join('\n'),
		'Give one of them a later number: npx slipway migrate rebase renumbers the one that is not applied or, if neither is, the one that the current branch added.',
	);
}

/**
 * Which of `names` to renumber because another has the same number; applied ones never are. Of each group,
 * one keeps its number: preferably an applied one, then one of another branch, then one of the current
 * branch, then an uncommitted one, and among equals the oldest. Later migrations of the same branch are
 * renumbered too, so that its own order stays.
 */
export async function findToRenumber(
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
	const priority = (name: string) =>
		applied.has(name) ? 3 : !origins.has(name) ? 0 : branchOf(name) === current ? 1 : 2;
	const shared = new Set(groups.flat());
	const renumbered = groups.flatMap((group) => {
		const [, ...others] = group.toSorted(
			(a, b) => priority(b) - priority(a) || timeOf(origins.get(a)) - timeOf(origins.get(b)),
		);
		return others.filter((name) => !applied.has(name));
	});
	const first = names.findIndex((name) => renumbered.includes(name));
	const branches = new Set(renumbered.map(branchOf));
	return names.filter(
		(name, index) =>
			renumbered.includes(name) ||
			(index > first && !shared.has(name) && !applied.has(name) && branches.has(branchOf(name))),
	);
}

const timeOf = (provenance: Provenance | undefined) => (provenance ? Date.parse(provenance.date) : 0);
