import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareNaturally, comparePaths } from '../../../src/database/sql-migrations/natural-order.ts';

const part = fc.oneof(
	fc.constantFrom('a', 'B', '_', '-', '.', '.sql', 'é', 'V'),
	fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String),
	fc.constantFrom('0', '00', '01', '10', '2'),
);
const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));

test('any paths have one order, whatever order they were found in', () => {
	fc.assert(
		fc.property(fc.uniqueArray(path, { maxLength: 8 }), fc.func(fc.nat()), (paths, shuffle) => {
			const sorted = paths.toSorted(comparePaths);
			expect(paths.toSorted((a, b) => shuffle(a) - shuffle(b)).toSorted(comparePaths)).toEqual(sorted);
			for (const [index, a] of sorted.entries())
				for (const b of sorted.slice(index + 1)) expect(comparePaths(a, b)).toBeLessThan(0);
		}),
		{ numRuns: 500 },
	);
});

test('numbers of any size are compared by their value', () => {
	const number = fc.bigInt({ min: 0n, max: 10n ** 30n });
	fc.assert(
		fc.property(number, number, fc.nat(3), (a, b, zeros) => {
			const [left, right] = [`${'0'.repeat(zeros)}${a}_x.sql`, `${b}_x.sql`];
			if (a !== b) expect(Math.sign(compareNaturally(left, right))).toBe(a < b ? -1 : 1);
		}),
	);
});

test('folders are compared before the files in them', () => {
	const paths = ['db/10_b/up.sql', 'db/2_a/up.sql', 'db/2_a/10.sql', 'db/2_a/9.sql', 'a.sql', 'db.sql'];
	expect(paths.toSorted(comparePaths)).toEqual([
		'a.sql',
		'db/2_a/9.sql',
		'db/2_a/10.sql',
		'db/2_a/up.sql',
		'db/10_b/up.sql',
		'db.sql',
	]);
});
