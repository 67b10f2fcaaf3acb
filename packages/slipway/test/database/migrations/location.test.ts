import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexOfCharacter, locate } from '../../../src/database/migrations/location.ts';

const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '));

test('a location is a line and the number of characters before it on that line', () => {
	fc.assert(
		fc.property(fc.array(line), line, line, (lines, before, after) => {
			const start = lines.map((each) => `${each}\n`).join('');
			expect(locate(`${start}${before}${after}\n`, start.length + before.length)).toEqual({
				line: lines.length + 1,
				column: [...before].length + 1,
			});
		}),
		{ numRuns: 200 },
	);
});

test("the server's positions count characters, including those that JavaScript counts as two", () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.string(), (before, after) => {
			expect(indexOfCharacter(before + after, [...before].length + 1)).toBe(before.length);
		}),
		{ numRuns: 200 },
	);
});
