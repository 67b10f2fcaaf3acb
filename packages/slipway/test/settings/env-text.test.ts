import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvText } from '../../src/settings/env-text.ts';
import { passwords } from './arbitraries.ts';

const valuesOf = (text: string) =>
	Object.fromEntries([...parseEnvText(text).entries].map(([name, { value }]) => [name, value]));

const valid: [text: string, variables: Record<string, string>][] = [
	['', {}],
	['\n# A=1\n \t\n  # B=2', {}],
	['A=1\nB=2', { A: '1', B: '2' }],
	['  A = 1 \t\n', { A: '1' }],
	['export A=1\nexport=2', { A: '1', export: '2' }],
	['A=\nB= \nC= # none\nD=1', { A: '', B: '', C: '', D: '1' }],
	['A=a=b # comment # more', { A: 'a=b' }],
	['A="a # b" # comment', { A: 'a # b' }],
	['A=\'a"b\'\nB="it\'s"\nC=`a"\'b`', { A: 'a"b', B: "it's", C: 'a"\'b' }],
	['A="a\\nb"\nB=\'a\\nb\'', { A: 'a\nb', B: 'a\\nb' }],
	['A="first\nB=second"\nC=3', { A: 'first\nB=second', C: '3' }],
	['A=1\r\nB="x\r\ny"\r\n', { A: '1', B: 'x\ny' }],
	['A=x"y"', { A: 'x"y"' }],
];
test.each(valid)('%j is parsed', (text, variables) => {
	expect(parseEnvText(text).problems).toEqual([]);
	expect(valuesOf(text)).toEqual(variables);
});

const invalid: [text: string, line: number, what: string][] = [
	['A=1\nB', 2, 'has no ='],
	['=1', 1, 'has no valid variable name before the ='],
	['A B=1', 1, 'has no valid variable name before the ='],
	['A-B=1', 1, 'has no valid variable name before the ='],
	['1A=1', 1, 'has no valid variable name before the ='],
	['\nA="x', 2, 'opens a " that is never closed'],
	["A='x\nB='y'", 1, "opens a ' that is never closed"],
	['A="x"y"', 1, 'has text after the closing "'],
	['A=`x` y', 1, 'has text after the closing `'],
	['A=x#y', 1, 'has a # in an unquoted value, where it would begin a comment'],
	['A=#y', 1, 'has a # in an unquoted value, where it would begin a comment'],
	['A="1\n2"\nB=1\nA=3', 4, 'sets A, which line 1 already sets'],
	['A\0=1', 1, 'has no valid variable name before the ='],
];
test.each(invalid)('%j is an error', (text, line, what) => {
	expect(parseEnvText(text).problems).toEqual([{ line, what, fix: expect.any(String) }]);
});

test('any value is read unchanged from quotes that it does not contain', () => {
	const values = passwords.filter((value) => !/['\r]/.test(value));
	fc.assert(
		fc.property(values, values, (first, second) => {
			expect(valuesOf(`A='${first}'\nB='${second}' # comment\n`)).toEqual({ A: first, B: second });
		}),
	);
});

test('any text without errors is read as Node reads it', () => {
	const tokens = [
		'A',
		'B',
		'=',
		'=',
		'\n',
		'\n',
		'"',
		"'",
		'`',
		'#',
		' ',
		'\\n',
		'x',
		'export ',
		'\t',
		'名',
		'\r\n',
	];
	const texts = fc.array(fc.constantFrom(...tokens), { maxLength: 20 }).map((parts) => parts.join(''));
	// If no value follows the =, Node reads the next line as the value, or leaves `export` in the name. It also reads
	// some indented comments as variables.
	const knownDefect = /=[ \t]*(#|$)|^[ \t]+#/m;
	fc.assert(
		fc.property(
			texts.filter((text) => !knownDefect.test(text)),
			(text) => {
				fc.pre(parseEnvText(text).problems.length === 0);
				expect(valuesOf(text)).toEqual({ ...parseEnv(text) });
			},
		),
		{ numRuns: 300 },
	);
});
