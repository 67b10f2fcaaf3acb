import { SlipwayError } from '../../errors.ts';

/** The comparison does not get there: what the step is, or what the library says. */
export function diffFailed(what: string, cause?: unknown): SlipwayError {
	return new SlipwayError(
		'diff-failed',
		`the comparison found no way from the migrations to the models: ${what}`,
		'Write this step by hand (scripts/migrate new), then compare again.',
		{ cause },
	);
}
