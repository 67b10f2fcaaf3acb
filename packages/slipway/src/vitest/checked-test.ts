import type { TestAPI } from 'vitest';
import type { PostgresOptions } from './check-options.ts';

/**
 * A vitest test that type-checks the keys of `postgres`. vitest's own `extend` lets anything replace a
 * fixture.
 */
export type PostgresTest<Fixtures> = CheckedExtend & Plain<Fixtures>;

type Plain<Fixtures> = TestAPI<Fixtures & { postgres: PostgresOptions }>;

export function checked<Fixtures>(test: Plain<Fixtures>): PostgresTest<Fixtures> {
	return test as PostgresTest<Fixtures>;
}

interface CheckedExtend {
	/** Matches only calls with an unknown option. All others fall through to vitest's overloads. */
	extend<const Fixtures extends { readonly postgres: object }>(
		fixtures: Fixtures & ([UnknownKeys<Fixtures['postgres']>] extends [never] ? never : unknown),
	): NoOption<UnknownKeys<Fixtures['postgres']>>;
}

/** Cannot be called, so a test file that uses it does not compile, and the message names the key. */
interface NoOption<Key> {
	readonly 'postgres has no option': Key;
}

/**
 * None for a function, or a function with its scope: these make the fixture, and vitest checks what they
 * return.
 */
type UnknownKeys<Options> = Options extends readonly unknown[] | ((...args: never) => unknown)
	? never
	: Exclude<keyof Options, keyof PostgresOptions>;
