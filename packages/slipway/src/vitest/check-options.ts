import { oneOf, type Shape } from '../config/index.ts';
import { checkOptions, type StartPostgresOptions } from '../start-options.ts';
import { asTestError, testError } from './test-error.ts';

/** What a connection that a test leaves open does. */
export type LeakPolicy = 'fail' | 'warn' | 'ignore';

interface TestOptions {
	/**
	 * Whether connections that are still open after a test fail its file, print a warning, or are not looked
	 * for. Default: `fail`.
	 */
	readonly leaks?: LeakPolicy;
}

/** The options of a test file's server. Relative paths start at the project's root. */
export interface PostgresOptions
	extends Omit<StartPostgresOptions, 'directory' | 'command' | 'port'>,
		TestOptions {}

const testShape: Shape<TestOptions> = { leaks: oneOf(['fail', 'warn', 'ignore']) };

/** Throws `invalid-options`. Types alone do not catch every misspelled option. */
export function checkPostgresOptions(options: PostgresOptions, others: Shape<object> = {}): void {
	try {
		checkOptions(options, { except: ['directory', 'command', 'port'], others: { ...testShape, ...others } });
	} catch (error) {
		throw asTestError(error);
	}
}

/** Whether SLIPWAY_KEEP says to keep the databases of failed tests. Throws `invalid-settings`. */
export function shouldKeepFailed({ SLIPWAY_KEEP: keep }: NodeJS.ProcessEnv): boolean {
	if (!keep || keep === 'failed') return keep === 'failed';
	throw testError('invalid-settings', `SLIPWAY_KEEP is "${keep}"`, 'Set it to failed, or unset it.');
}
