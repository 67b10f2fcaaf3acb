import { SlipwayError } from '../../errors.ts';

/** `what`: the failed statement, or the library's message. */
export function diffFailed(what: string, cause?: unknown): SlipwayError {
	return new SlipwayError(
		'diff-failed',
		`could not write a migration from the migrations to the models: ${what}`,
		'Write this step by hand (npx slipway migrate new NAME), then compare again.',
		{ cause },
	);
}
