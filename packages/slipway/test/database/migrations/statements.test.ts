import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitStatements } from '../../../src/database/migrations/statements.ts';

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);

describe('splitStatements', () => {
	test.each([
		["SELECT ';'", 'in a string'],
		["SELECT 'it''s; fine'", 'after a doubled quote'],
		["SELECT E'\\';', 1", 'after an escaped quote'],
		['SELECT 1 AS ";"', 'in a quoted name'],
		['SELECT $$;$$', 'in a dollar-quoted string'],
		['SELECT $a$ $b$ ; $$ $a$', 'in a dollar-quoted string with others in it'],
		['SELECT $größe$;$größe$', 'in a dollar-quoted string with a tag of other letters'],
		['SELECT a$b$ FROM t /* ; $b$ */ WHERE c', 'after a name with dollars'],
		['SELECT /* ; /* ; */ ; */ 1', 'in nested comments'],
		['SELECT -- ;\n1', 'in a line comment'],
		['CREATE RULE r AS ON DELETE TO t DO (DELETE FROM a; DELETE FROM b)', 'in parentheses'],
		[
			'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
			'in the body of a routine',
		],
		['CREATE FUNCTION begin() RETURNS int AS $$ BEGIN; END $$ LANGUAGE sql', 'in a quoted body'],
	])('keeps %j whole, whose semicolon is %s', (statement) => {
		expect(texts(`${statement};`)).toEqual([statement]);
		expect(texts(`${statement};\nSELECT 2;`)).toEqual([statement, 'SELECT 2']);
	});

	test('finds no statement in blanks and comments', () => {
		expect(texts(' \n-- nothing;\n/* ; */ ;; ')).toEqual([]);
	});

	test.each(['SELECT 1 -- the last\n', 'SELECT 1 /* the last */', 'SELECT 1 -- before its semicolon\n;'])(
		'leaves out what follows the last word of %j',
		(sql) => expect(texts(sql)).toEqual(['SELECT 1']),
	);

	test('leaves to the server what is never closed', () => {
		for (const open of ["SELECT 'a; b", 'SELECT "a; b', 'SELECT $$a; b', 'SELECT (a; b', 'SELECT /* a; b'])
			expect(texts(`SELECT 1; ${open}`)).toEqual(['SELECT 1', open]);
		expect(texts('/* SELECT 1;')).toEqual(['/* SELECT 1;']);
	});

	test('finds every statement where it begins, whatever stands between', () => {
		const gap = fc.constantFrom(' ', '\n', '-- a; comment\n', '/* an ; other */', '\t', ';', '-- ünï 😀\n');
		const statement = fc.constantFrom('SELECT 1', "SELECT 'ä;😀'", 'SELECT $x$;$x$', 'SELECT "a;b" (;)');
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.array(gap), statement), { minLength: 1 }), (parts) => {
				const sql = parts.map(([gaps, text]) => `${gaps.join('')}${text};`).join('');
				const found = splitStatements(sql);
				expect(found.map(({ text }) => text)).toEqual(parts.map(([, text]) => text));
				for (const { text, index } of found) expect(sql.slice(index, index + text.length)).toBe(text);
			}),
			{ numRuns: 200 },
		);
	});

	test('loses nothing of any text but blanks, comments and semicolons', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (sql) => {
				let end = 0;
				for (const { text, index } of splitStatements(sql)) {
					expect(index).toBeGreaterThanOrEqual(end);
					end = index + text.length;
					expect(sql.slice(index, end)).toBe(text);
				}
			}),
			{ numRuns: 200 },
		);
	});
});
