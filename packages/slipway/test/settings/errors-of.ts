import { SlipwayError } from '../../src/errors.ts';
import { type ParseOptions, parseSettings } from '../../src/settings/index.ts';

/** The errors that `parseSettings` reports for `variables`. */
export function errorsOf(variables: Record<string, string | undefined>, options?: ParseOptions): string[] {
	const error = slipwayErrorOf(() => parseSettings(variables, options));
	if (error === undefined) return [];
	if (error.code !== 'invalid-settings') throw error;
	const [, ...lines] = error.message.split('\n');
	return lines.map((line) => line.replace(/^ {2}/, ''));
}

/** The `SlipwayError` that `act` throws, if it does. Any other error fails the test. */
export function slipwayErrorOf(act: () => unknown): SlipwayError | undefined {
	try {
		act();
		return undefined;
	} catch (error) {
		if (error instanceof SlipwayError) return error;
		throw error;
	}
}
