import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvText } from '../../src/settings/env-text.ts';
import { envTexts, passwords } from './arbitraries.ts';

const valuesOf = (text: string) =>
	Object.fromEntries([...parseEnvText(text).entries].map(([name, { value }]) => [name, value]));

const valid: [text: string, variables: Record<string, string>][] = [
	['', {}],
	['\n# A=1\n \t\n  # B=2', {}],
	['A=1\nB=2', { A: '1', B: '2' }],
	['  A = 1 \t\n', { A: '1' }],
	['export A=1\nexport=2', { A: '1', export: '2' }],
	['A=\nB= \nC=""# none\nD=1', { A: '', B: '', C: '', D: '1' }],
	['A=a=b # comment # more', { A: 'a=b' }],
	['A="a # b" # comment', { A: 'a # b' }],
	['A=\'a"b\'\nB="it\'s"', { A: 'a"b', B: "it's" }],
	["A='pa$word1'\nB='$C'\nC='a\\b\\\\c'", { A: 'pa$word1', B: '$C', C: 'a\\b\\\\c' }],
	['A=a\\b\\\nB=x`y`', { A: 'a\\b\\', B: 'x`y`' }],
	['A="a\\nb"\nB=\'a\\nb\'', { A: 'a\nb', B: 'a\\nb' }],
	['A="first\nB=second"\nC=3', { A: 'first\nB=second', C: '3' }],
	['A=1\r\nB="x" # y\r\n\r\n# z\r\nC=\r\n', { A: '1', B: 'x', C: '' }],
	['A=x"y"', { A: 'x"y"' }],
];
test.each(valid)('%j is parsed', (text, variables) => {
	expect(parseEnvText(text).problems).toEqual([]);
	expect(valuesOf(text)).toEqual(variables);
});

const invalid: [text: string, line: number, what: string][] = [
	['A=1\nB', 2, 'has no ='],
	['=1', 1, 'has no valid name before the ='],
	['A B=1', 1, 'has no valid name before the ='],
	['A-B=1', 1, 'has no valid name before the ='],
	['1A=1', 1, 'has no valid name before the ='],
	['\nA="x', 2, 'opens a " and does not close it'],
	["A='x\nB='y'", 1, "opens a ' and does not close it"],
	['A="x"y"', 1, 'goes on after the closing "'],
	['A=x#y', 1, 'has a # in a value without quotes, where some readers begin a comment'],
	['A=x\t# y', 1, 'has a # in a value without quotes, where some readers begin a comment'],
	['A=#y', 1, 'has a comment where its value would be, which Docker Compose takes for the value'],
	['A= # y', 1, 'has a comment where its value would be, which Docker Compose takes for the value'],
	[
		'B=1\nA=pa$word1',
		2,
		'has a $ outside of single quotes, where Docker Compose reads the name of a variable',
	],
	['A="$B"', 1, 'has a $ outside of single quotes, where Docker Compose reads the name of a variable'],
	[
		'A="a\\tb"',
		1,
		String.raw`has a \ in double quotes that does not begin \n, which Docker Compose and Node read differently`,
	],
	["A='a\\'", 1, "has a \\ before the closing ', which Docker Compose takes for a part of the value"],
	['A="a\\"b"', 1, 'has a \\ before the closing ", which Docker Compose takes for a part of the value'],
	['A=`x`', 1, 'has a value that begins with `, which some readers take for a quote'],
	['A=x\u00a0', 1, 'has white space other than spaces and tabs at an end of its value'],
	['A="x\r\ny"', 1, 'has a carriage return in its value'],
	['A=1\rB=2', 1, 'has a carriage return in its value'],
	['export =1', 1, 'has no valid name before the ='],
	['A="1\n2"\nB=1\nA=3', 4, 'sets A, which line 1 sets already'],
	['A\0=1', 1, 'has no valid name before the ='],
];
test.each(invalid)('%j is an error', (text, line, what) => {
	expect(parseEnvText(text).problems).toEqual([{ line, what, fix: expect.any(String) }]);
});

test('any value without a single quote, carriage return or final backslash arrives from single quotes', () => {
	const values = passwords.filter((value) => !/['\r]|\\$/.test(value));
	fc.assert(
		fc.property(values, values, (first, second) => {
			expect(valuesOf(`A='${first}'\nB='${second}' # comment\n`)).toEqual({ A: first, B: second });
		}),
	);
});

test('what is no error means what it means to Node', () => {
	// Where no value follows the =, Node takes the next line for it, or leaves `export` in the name; it reads some
	// comments that are indented, and ends a value without quotes at a # that Compose does not take for a comment.
	const knownDefect = /=[ \t]*(#|$)|^[ \t]+#/m;
	fc.assert(
		fc.property(
			envTexts.filter((text) => !knownDefect.test(text)),
			(text) => {
				fc.pre(parseEnvText(text).problems.length === 0);
				expect(valuesOf(text)).toEqual({ ...parseEnv(text) });
			},
		),
		{ numRuns: 300 },
	);
});
