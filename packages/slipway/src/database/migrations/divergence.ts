import { SlipwayError } from '../../errors.ts';
import { mostNamed } from './name-some.ts';
import { printable } from './printable.ts';
import { describeProvenance, readProvenance } from './provenance.ts';
import type { MigrationState, MigrationStatus } from './status.ts';

const faults: { readonly [state in MigrationState]?: { readonly what: string; readonly mend: string } } = {
	edited: {
		what: 'its file is not as it was applied',
		mend: 'Edited: restore the file as it was applied and write a new migration; or, where the data may go, revert it (scripts/migrate down) and apply it anew. Where only a comment changed, or the ledger rather than the file, scripts/migrate stamp with the last applied name notes the files as they are.',
	},
	missing: {
		what: 'it is applied, and its file is missing',
		mend: 'Missing: restore the file from version control, or check out the branch that has it and revert it there (scripts/migrate down). Where it is gone for good, scripts/migrate stamp with the last one that stays forgets it.',
	},
	'out-of-order': {
		what: 'it is not applied, and a later one is',
		mend: 'Out of order: give the file a later number (scripts/migrate rebase), or revert the later ones first (scripts/migrate down).',
	},
	inconsistent: {
		what: 'the ledger contradicts itself: it has two entries for it, or its hash without an entry',
		mend: 'Inconsistent: somebody wrote to the tables in the schema "slipway", or a migration without a transaction was cut off after its last statement. See in the database which migrations have really run, then note that: scripts/migrate stamp NAME.',
	},
};

/**
 * Throws `migrations-diverged`, naming what diverged and where it comes from, where the files are not a continuation of
 * what is applied. A database that is newer than the files is none of that: the code before the last may run on it.
 */
export async function refuseDivergence(
	statuses: readonly MigrationStatus[],
	directory: string,
): Promise<void> {
	const diverged = statuses.filter(({ state }) => faults[state] !== undefined);
	if (diverged.length === 0) return;
	const concerned = withNeighbours(statuses);
	const named = someOf(concerned);
	const { origins, refused } = await readProvenance(
		directory,
		named.map(({ name }) => name),
	);
	throw new SlipwayError(
		'migrations-diverged',
		[
			`the migrations in ${directory} do not fit what is applied to the database, and nothing was run:`,
			...named.flatMap(({ name, state }) => [
				`  ${printable(name)}: ${faults[state]?.what ?? 'it is applied already'}`,
				...describeProvenance(origins.get(name)).map((line) => `    ${line}`),
			]),
			...(named.length < concerned.length
				? [`  and ${concerned.length - named.length} more: scripts/migrate status`]
				: []),
			...(refused === undefined ? [] : [`  ${refused}`]),
		].join('\n'),
		mends(diverged).join('\n'),
	);
}

/** What diverged, and where something came too late what it should have come before. */
function withNeighbours(statuses: readonly MigrationStatus[]): readonly MigrationStatus[] {
	const first = statuses.findIndex(({ state }) => state === 'out-of-order');
	return statuses.filter(
		({ state }, index) => faults[state] !== undefined || (first >= 0 && index > first && state !== 'pending'),
	);
}

/** Neither crowds out the other: what came too late is of no use without what it came too late for. */
function someOf(concerned: readonly MigrationStatus[]): readonly MigrationStatus[] {
	const { diverged = [], neighbours = [] } = Object.groupBy(concerned, ({ state }) =>
		faults[state] === undefined ? 'neighbours' : 'diverged',
	);
	const named = new Set([...diverged.slice(0, mostNamed), ...neighbours.slice(0, mostNamed)]);
	return concerned.filter((each) => named.has(each));
}

function mends(diverged: readonly MigrationStatus[]): string[] {
	const states = new Set(diverged.map(({ state }) => state));
	return Array.from(states).flatMap((state) => faults[state]?.mend ?? []);
}
