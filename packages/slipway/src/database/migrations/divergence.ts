import { SlipwayError } from '../../errors.ts';
import { maxNamed } from './name-some.ts';
import { printable } from './printable.ts';
import { describeProvenance, readProvenance } from './provenance.ts';
import type { MigrationState, MigrationStatus } from './status.ts';

const divergences: { readonly [state in MigrationState]?: { readonly what: string; readonly fix: string } } =
	{
		edited: {
			what: 'its file was edited after it was applied',
			fix: 'Edited: restore the file as it was applied, and write a new migration. If the data can be lost, you can instead revert it (npx slipway migrate down) and apply it again. If only a comment changed, or the ledger instead of the file, record the files as they are now: npx slipway migrate stamp LAST_APPLIED.',
		},
		missing: {
			what: 'it is applied, but its file is missing',
			fix: 'Missing: restore the file from version control, or check out the branch that has it and revert it there (npx slipway migrate down). If it is gone for good, remove it from the ledger: npx slipway migrate stamp LAST_TO_KEEP.',
		},
		'out-of-order': {
			what: 'it is not applied, but a later one is',
			fix: 'Out of order: give the file a later number (npx slipway migrate rebase), or first revert the later ones (npx slipway migrate down).',
		},
		inconsistent: {
			what: 'the ledger contradicts itself: it has two entries for this migration, or its hash without an entry',
			fix: 'Inconsistent: the tables in the schema "slipway" were changed by hand, or a migration without a transaction was interrupted after its last statement. Check in the database which migrations have really run, then record that: npx slipway migrate stamp NAME.',
		},
	};

/**
 * Throws `migrations-diverged`, naming the migrations and where they come from, if the files do not continue
 * what is applied. A database that is newer than the files is fine: older code may still run on it.
 */
export async function refuseDivergence(
	statuses: readonly MigrationStatus[],
	directory: string,
): Promise<void> {
	const diverged = statuses.filter(({ state }) => divergences[state] !== undefined);
	if (diverged.length === 0) return;
	const concerned = withNeighbours(statuses);
	const named = selectNamed(concerned);
	const { origins, refused } = await readProvenance(
		directory,
		named.map(({ name }) => name),
	);
	throw new SlipwayError(
		'migrations-diverged',
		[
			`the migrations in ${directory} do not match what is applied to the database; nothing was run:`,
			...named.flatMap(({ name, state }) => [
				`  ${printable(name)}: ${divergences[state]?.what ?? 'it is applied already'}`,
				...describeProvenance(origins.get(name)).map((line) => `    ${line}`),
			]),
			...(named.length < concerned.length
				? [`  and ${concerned.length - named.length} more: npx slipway migrate status`]
				: []),
			...(refused === undefined ? [] : [`  ${refused}`]),
		].join('\n'),
		fixes(diverged).join('\n'),
	);
}

/** The migrations that diverged and, for those out of order, the later ones that are already applied. */
function withNeighbours(statuses: readonly MigrationStatus[]): readonly MigrationStatus[] {
	const first = statuses.findIndex(({ state }) => state === 'out-of-order');
	return statuses.filter(
		({ state }, index) =>
			divergences[state] !== undefined || (first >= 0 && index > first && state !== 'pending'),
	);
}

/** Takes some of each kind: a migration out of order means little without the later ones that are applied. */
function selectNamed(concerned: readonly MigrationStatus[]): readonly MigrationStatus[] {
	const { diverged = [], neighbours = [] } = Object.groupBy(concerned, ({ state }) =>
		divergences[state] === undefined ? 'neighbours' : 'diverged',
	);
	const named = new Set([...diverged.slice(0, maxNamed), ...neighbours.slice(0, maxNamed)]);
	return concerned.filter((each) => named.has(each));
}

function fixes(diverged: readonly MigrationStatus[]): string[] {
	const states = new Set(diverged.map(({ state }) => state));
	return Array.from(states).flatMap((state) => divergences[state]?.fix ?? []);
}
