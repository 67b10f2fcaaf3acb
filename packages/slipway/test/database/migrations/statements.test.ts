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
	])('does not split %j, whose semicolon is %s', (statement) => {
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

	test('leaves unterminated tokens to the server', () => {
		for (const open of ["SELECT 'a; b", 'SELECT "a; b', 'SELECT $$a; b', 'SELECT (a; b', 'SELECT /* a; b'])
			expect(texts(`SELECT 1; ${open}`)).toEqual(['SELECT 1', open]);
		expect(texts('/* SELECT 1;')).toEqual(['/* SELECT 1;']);
	});

	test('finds where every statement starts, whatever is between them', () => {
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

	test('drops only blanks, comments and semicolons', () => {
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

describe('the body of a routine in SQL', () => {
	test.each([
		['SELECT b.end FROM b; SELECT 2;', 'has a column "end"'],
		['SELECT 1 AS end; SELECT 2 AS END;', 'has an alias "end"'],
		['SELECT "end" FROM b; SELECT 2;', 'has a quoted column "end"'],
		['SELECT CASE WHEN a THEN 1 END; SELECT 2;', 'has a CASE'],
		['SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 ELSE 3 END END AS end; SELECT 2;', 'has a CASE in a CASE'],
		[
			'SELECT (CASE WHEN a THEN 1 END), b.case, c AS case; SELECT 2;',
			'has a CASE in parentheses, and columns',
		],
		["SELECT '; END;'; SELECT $$; END;$$; SELECT E'\\'; END;';", 'has it in texts'],
		['/* END; */ SELECT 1; -- END;\nSELECT 2;', 'has it in comments'],
		['SELECT 1; /* a */ -- b\n', 'ends behind comments'],
		['', 'is empty'],
		[';', 'is of an empty statement'],
		['SELECT begin atomic FROM b; SELECT 2;', 'has a column "begin"'],
		['INSERT INTO a VALUES (1); UPDATE a SET b = 1; RETURN 1;', 'has several statements'],
		['CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 2;', 'has another in it'],
	])('ends where a statement may start: %s', (body, _) => {
		for (const head of ['CREATE FUNCTION f() RETURNS int', 'create or replace procedure "begin"()'])
			for (const begin of ['BEGIN ATOMIC', 'begin -- a\n/* b */ atomic']) {
				const statement = `${head} ${begin} ${body} END`;
				expect(texts(`${statement};\nSELECT 2; SELECT 3`)).toEqual([statement, 'SELECT 2', 'SELECT 3']);
			}
	});

	test('starts only in a routine', () => {
		for (const statement of [
			'CREATE VIEW v AS SELECT begin atomic FROM b',
			'SELECT begin atomic',
			'CREATE FUNCTION atomic(begin atomic) RETURNS int RETURN 1',
			'CREATE FUNCTION f(a int DEFAULT (begin atomic)) RETURNS int RETURN 1',
		])
			expect(texts(`${statement}; SELECT 2`)).toEqual([statement, 'SELECT 2']);
	});
});
