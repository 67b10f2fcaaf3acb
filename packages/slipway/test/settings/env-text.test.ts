import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEnvText } from '../../src/settings/env-text.ts';
import { passwords } from './arbitraries.ts';

const valuesOf = (text: string) =>
	Object.fromEntries([...parseEnvText(text).entries].map(([name, { value }]) => [name, value]));

const sound: [text: string, variables: Record<string, string>][] = [
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
test.each(sound)('%j is understood', (text, variables) => {
	expect(parseEnvText(text).faults).toEqual([]);
	expect(valuesOf(text)).toEqual(variables);
});

const faulty: [text: string, line: number, what: string][] = [
	['A=1\nB', 2, 'has no ='],
	['=1', 1, 'has no valid name before the ='],
	['A B=1', 1, 'has no valid name before the ='],
	['A-B=1', 1, 'has no valid name before the ='],
	['1A=1', 1, 'has no valid name before the ='],
	['\nA="x', 2, 'opens a " and does not close it'],
	["A='x\nB='y'", 1, "opens a ' and does not close it"],
	['A="x"y"', 1, 'goes on after the closing "'],
	['A=`x` y', 1, 'goes on after the closing `'],
	['A=x#y', 1, 'has a # in a value without quotes, where it would begin a comment'],
	['A=#y', 1, 'has a # in a value without quotes, where it would begin a comment'],
	['A="1\n2"\nB=1\nA=3', 4, 'sets A, which line 1 sets already'],
	['A\0=1', 1, 'has no valid name before the ='],
];
test.each(faulty)('%j is a fault', (text, line, what) => {
	expect(parseEnvText(text).faults).toEqual([{ line, what, mend: expect.any(String) }]);
});

test('any value arrives from quotes that it does not contain', () => {
	const values = passwords.filter((value) => !/['\r]/.test(value));
	fc.assert(
		fc.property(values, values, (first, second) => {
			expect(valuesOf(`A='${first}'\nB='${second}' # comment\n`)).toEqual({ A: first, B: second });
		}),
	);
});

test('what is no fault means what it means to Node', () => {
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
	// Where no value follows the =, Node takes the next line for it, or leaves `export` in the name; and it reads
	// some comments that are indented.
	const knownDefect = /=[ \t]*(#|$)|^[ \t]+#/m;
	fc.assert(
		fc.property(
			texts.filter((text) => !knownDefect.test(text)),
			(text) => {
				fc.pre(parseEnvText(text).faults.length === 0);
				expect(valuesOf(text)).toEqual({ ...parseEnv(text) });
			},
		),
		{ numRuns: 300 },
	);
});
