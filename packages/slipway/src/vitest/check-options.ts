import { resolve } from 'node:path';
import { checkOptions, type StartPostgresOptions } from '../start-options.ts';
import { asTestFault, testFault } from './faults.ts';

/** What a module's server is started with. A relative path counts from the project's root. */
export type PostgresOptions = Omit<StartPostgresOptions, 'directory' | 'command'>;

/** Throws `invalid-options`, for what types do not see. */
export function checkPostgresOptions(options: PostgresOptions): void {
	try {
		checkOptions(options, ['directory', 'command']);
	} catch (error) {
		throw asTestFault(error);
	}
}

/** A seed that does not end in `.sql` is SQL itself. */
export function resolveSeed(root: string, seed: string): string {
	return seed.endsWith('.sql') ? resolve(root, seed) : seed;
}

/** Whether SLIPWAY_KEEP says to keep the databases of failed tests. Throws `invalid-settings`. */
export function keepsFailed({ SLIPWAY_KEEP: keep }: NodeJS.ProcessEnv): boolean {
	if (!keep || keep === 'failed') return keep === 'failed';
	throw testFault('invalid-settings', `SLIPWAY_KEEP is "${keep}"`, 'Set it to failed, or unset it.');
}
