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

const isOwn = (provider: string): provider is 'embedded' | 'container' =>
	provider === 'embedded' || provider === 'container';

/** What the settings of the commands say to the tests; an empty one says nothing. Throws `invalid-settings`. */
export function optionsFrom({
	SLIPWAY_POSTGRES: provider,
	POSTGRES_IMAGE: image,
}: NodeJS.ProcessEnv): PostgresOptions {
	if (provider && !isOwn(provider))
		throw testFault(
			'invalid-settings',
			`SLIPWAY_POSTGRES is "${provider}", and tests have servers of their own: embedded or container`,
			'Set it to one of these, or unset it.',
		);
	return { ...(provider && isOwn(provider) && { provider }), ...(image && { image }) };
}
