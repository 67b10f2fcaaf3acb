import { SlipwayError } from '../../errors.ts';
import type { MigrationState, MigrationStatus } from './status.ts';

const faults: { readonly [state in MigrationState]?: { readonly what: string; readonly mend: string } } = {
	edited: {
		what: 'its file was edited after it was applied',
		mend: 'Edited: restore the file as it was applied and write a new migration; or, where the data may go, revert it (scripts/migrate down) and apply it anew.',
	},
	missing: {
		what: 'it is applied, and its file is missing',
		mend: 'Missing: restore the file from version control, or check out the branch that has it and revert it there (scripts/migrate down).',
	},
	'out-of-order': {
		what: 'it is not applied, and a later one is',
		mend: 'Out of order: give the file a later number (scripts/migrate new makes one), or revert the later ones first (scripts/migrate down).',
	},
};

/**
 * Throws `migrations-diverged`, naming every one, where the files are not a continuation of what is
 * applied.
 */
export function refuseDivergence(statuses: readonly MigrationStatus[], directory: string): void {
	const lines = statuses.flatMap(({ name, state }) => {
		const fault = faults[state];
		return fault === undefined ? [] : [`  ${name}: ${fault.what}`];
	});
	if (lines.length === 0) return;
	throw new SlipwayError(
		'migrations-diverged',
		[`the migrations in ${directory} do not fit what is applied to the database:`, ...lines].join('\n'),
		mends(statuses).join('\n'),
	);
}

function mends(statuses: readonly MigrationStatus[]): string[] {
	const states = new Set(statuses.map(({ state }) => state));
	return Array.from(states).flatMap((state) => faults[state]?.mend ?? []);
}
