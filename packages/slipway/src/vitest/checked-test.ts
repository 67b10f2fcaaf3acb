import type { TestAPI } from 'vitest';
import type { PostgresOptions } from './check-options.ts';

/** A test of vitest's whose options are checked by types too: vitest itself lets `extend` replace a fixture with anything. */
export type PostgresTest<Fixtures> = CheckedExtend & Plain<Fixtures>;

type Plain<Fixtures> = TestAPI<Fixtures & { postgres: PostgresOptions }>;

export function checked<Fixtures>(test: Plain<Fixtures>): PostgresTest<Fixtures> {
	return test as PostgresTest<Fixtures>;
}

interface CheckedExtend {
	/** Takes what is wrong; all else is left to vitest's own. */
	extend<const Fixtures extends { readonly postgres: object }>(
		fixtures: Fixtures & ([Misspelt<Fixtures['postgres']>] extends [never] ? never : unknown),
	): NoOption<Misspelt<Fixtures['postgres']>>;
}

/** Cannot be called, so that the module does not compile, and the message names the key. */
interface NoOption<Key> {
	readonly 'postgres has no option': Key;
}

/** A fixture may also be made by a function, alone or with its scope. */
type Misspelt<Options> = Options extends readonly unknown[] | ((...args: never) => unknown)
	? never
	: Exclude<keyof Options, keyof PostgresOptions>;
