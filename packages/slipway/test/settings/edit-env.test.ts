import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvText } from '../../src/settings/env-text.ts';
import { setInEnvText } from '../../src/settings/index.ts';
import { envTexts, passwords } from './arbitraries.ts';

test.each([
	['a file without it', 'A=1\n', 'A=1\nDB_PASSWORD=new\n'],
	['an empty file', '', 'DB_PASSWORD=new\n'],
	['a file without a last line end', 'A=1', 'A=1\nDB_PASSWORD=new\n'],
	['half a line end of Windows at its end', 'A=1\r\nB=2\r', 'A=1\r\nB=2\r\nDB_PASSWORD=new\r\n'],
	['line ends of Windows', 'A=1\r\nDB_PASSWORD=old\r\nB=2\r\n', 'A=1\r\nDB_PASSWORD=new\r\nB=2\r\n'],
	['a comment after it', 'DB_PASSWORD=old # of the app\nB=2\n', 'DB_PASSWORD=new # of the app\nB=2\n'],
	['quotes and export', "export DB_PASSWORD = 'o#ld'\t\nB=2", 'export DB_PASSWORD = new\t\nB=2'],
	['several lines', 'DB_PASSWORD="a\nb" # two\nB=2\n', 'DB_PASSWORD=new # two\nB=2\n'],
	['no value', 'DB_PASSWORD=\nB=2\n', 'DB_PASSWORD=new\nB=2\n'],
	['a line that is a comment', '#DB_PASSWORD=app\n', '#DB_PASSWORD=app\nDB_PASSWORD=new\n'],
	['a name that ends alike', 'MY_DB_PASSWORD=old\n', 'MY_DB_PASSWORD=old\nDB_PASSWORD=new\n'],
])('setting a variable in %s leaves the rest as it is', (_, before, after) => {
	expect(setInEnvText(before, 'DB_PASSWORD', 'new')).toBe(after);
});

test('any value that a line of .env can have is read back, and no other variable changes', () => {
	fc.assert(
		fc.property(envTexts, passwords, fc.constantFrom('A', 'B', 'NEW'), (text, value, name) => {
			const { entries, problems } = parseEnvText(text);
			fc.pre(problems.length === 0);
			let edited: string;
			try {
				edited = setInEnvText(text, name, value);
			} catch (error) {
				expect(error).toMatchObject({ code: 'invalid-env-value' });
				return;
			}
			const after = parseEnvText(edited);
			const valuesOf = (map: typeof entries) => [...map].map(([key, each]) => [key, each.value] as const);
			expect(after.problems).toEqual([]);
			expect(Object.fromEntries(valuesOf(after.entries))).toEqual({
				...Object.fromEntries(valuesOf(entries)),
				[name]: value,
			});
		}),
		{ examples: [['\r\n\r', '"', 'A']] },
	);
});
