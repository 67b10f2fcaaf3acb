import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { readTokens, type TokenKind } from '../../../src/database/migrations/lexer.ts';
import { indexOfCharacter, locate } from '../../../src/database/migrations/location.ts';
import { parseScripts } from '../../../src/database/migrations/script.ts';
import { needsPsql, splitStatements } from '../../../src/database/migrations/statements.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { startTestServer } from '../../helpers/server.ts';

const text = (...parts: string[]) =>
	fc
		.array(fc.constantFrom('a', 'é', '😀', '\u00a0', ' ', ';', '(', '$', '1', ...parts))
		.map((all) => all.join(''));

/** Lexemes by kind, each complete whatever follows it after a blank. */
const lexemes: Readonly<Record<TokenKind, fc.Arbitrary<string>>> = {
	blank: fc.constantFrom(' ', '\n', '\t', '\r\n', ' \f\v '),
	comment: fc.oneof(
		text("'", '"', '/*', '\\').map((inner) => `--${inner}`),
		text("'", '"', '--', '\n', '/**/', '/*/**/;*/').map((inner) => `/*${inner} */`),
	),
	quoted: fc.oneof(
		text("''", '"', '--', '/*', '\n', '\\').map((inner) => `'${inner}'`),
		text('""', "'", '--', '/*', '\n', '\\').map((inner) => `"${inner}"`),
		text("''", "\\'", '\\\\', '"', '--', '\n').map((inner) => `E'${inner}'`),
		text("\\'", '\\\\').map((inner) => `e'${inner}'\n-- ;\n'${inner}'`),
	),
	dollar: fc.oneof(
		text("'", '"', '--', '/*', '\n').map((inner) => `$b$${inner}$b$`),
		text("'", '"', '--', '/*', '\n').map((inner) => `$größe1$$${inner}$größe1$`),
	),
	word: fc.constantFrom('a', 'SELECT', 'é$1', '_x', '\u00a0', '😀', 'e', 'E1', 'a$b$'),
	number: fc.constantFrom('1', '1.5', '1e10', '0x1F', '1_000'),
	other: fc.constantFrom(';', '(', ')', '+', '-', '*', '/', '.', ',', '$', '\\', '[', ':', '@'),
};

/** Starts a new line, and keeps a string from continuing there. */
const between = '\n%\n';

const kinds = Object.keys(lexemes) as TokenKind[];
const lexeme = fc.oneof(...kinds.map((kind) => lexemes[kind].map((each) => ({ kind, text: each }))));

describe('the lexer', () => {
	test('reads every lexeme as one token of its kind, whatever it contains', () => {
		fc.assert(
			fc.property(fc.array(lexeme), (all) => {
				const wanted = all.filter(({ kind }) => kind !== 'blank');
				const sql = wanted.map((each) => each.text).join(between);
				const found = [...readTokens(sql)].filter(({ kind, text: each }) => kind !== 'blank' && each !== '%');
				expect(found.map(({ kind, text: each }) => ({ kind, text: each }))).toEqual(wanted);
			}),
			{ numRuns: 2000 },
		);
	});

	test('loses no character of any input', () => {
		const any = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 50 }),
			text("'", '"', '--', '/*', '*/', '\\', "E'", '$a$', '\n'),
		);
		fc.assert(
			fc.property(any, (sql) => {
				expect([...readTokens(sql)].map((token) => token.text).join('')).toBe(sql);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('the server', () => {
	let server: PostgresServer;
	beforeAll(async () => {
		server = await startTestServer();
	});
	afterAll(() => server[Symbol.asyncDispose]());

	test('finds as many statements as splitStatements does, whatever they contain', async () => {
		const gap = fc.oneof(
			lexemes.blank,
			lexemes.comment.map((comment) => `${comment}\n`),
		);
		const literal = fc.oneof(
			lexemes.dollar,
			lexemes.quoted.filter((each) => !each.startsWith('"')),
			lexemes.quoted.filter((each) => each.length > 2 && each.startsWith('"')).map((name) => `1 AS ${name}`),
		);
		const statement = fc
			.tuple(gap, literal, gap)
			.map(([before, value, after]) => `SELECT${before} ${value}${after}`);
		const statements = fc.array(statement, { minLength: 1, maxLength: 10 });
		await withClient(server.admin, async (sql) => {
			await fc.assert(
				fc.asyncProperty(statements, async (all) => {
					const whole = all.join(';');
					const results = await sql.unsafe(whole).simple();
					const found = all.length === 1 ? [results] : results;
					expect(splitStatements(whole)).toHaveLength(found.length);
					expect(found).toHaveLength(all.length);
				}),
				{ numRuns: 200 },
			);
		});
	});

	test('accepts the bodies of routines as they were split', async () => {
		const source = [
			'CREATE TABLE pg_temp.span (begin int, "end" int, atomic int)',
			`CREATE FUNCTION pg_temp.ends() RETURNS SETOF int BEGIN ATOMIC
				SELECT span.end AS end FROM pg_temp.span; -- END;
				SELECT CASE WHEN begin > 1 THEN CASE WHEN span.end > 1 THEN 1 END END AS end FROM pg_temp.span;
				SELECT begin atomic FROM pg_temp.span;
			END`,
			'CREATE PROCEDURE pg_temp.nothing() BEGIN ATOMIC END',
			'CREATE VIEW pg_temp.v AS SELECT begin atomic FROM pg_temp.span',
		];
		const statements = splitStatements(source.join(';\n'));
		expect(statements.map((statement) => statement.text)).toEqual(source);
		await withClient(server.admin, async (sql) => {
			for (const statement of statements) await sql.unsafe(statement.text);
		});
	});
});

const size = 16 * 1024 * 1024;
const repeat = (part: string, length = size) => part.repeat(length / part.length);

const bigTokens: Readonly<Record<string, string>> = {
	'a blank': repeat(' '),
	'a line comment': `--${repeat('a')}\n`,
	'a comment of comments': repeat('/*', size / 4) + repeat('*/', size / 4),
	'an unterminated comment': repeat('/*'),
	'a text': `'${repeat("a''")}'`,
	'a text with escapes': `E'${repeat("a\\'")}'`,
	'a text that nobody closes': `E'${repeat("\\'")}`,
	'a text on many lines': repeat(`E'${'a'.repeat(1019)}'\n `),
	'a name': repeat('a'),
	'a quoted name': `"${repeat('a""')}"`,
	'a name of emoji': repeat('😀', size / 2),
	'a text in dollars': `$a$${repeat('$b$')}$a$`,
	'a tag': `$${repeat('a')}$;$${repeat('a')}$`,
	'a number': repeat('1'),
};

test.each(Object.keys(bigTokens))('%s of 16 MB overflows nothing', (kind) => {
	const sql = `copy ${bigTokens[kind]}`;
	expect(splitStatements(sql)).toHaveLength(1);
	expect(needsPsql(sql)).toBe(false);
});

const manyTokens: Readonly<Record<string, string>> = {
	texts: "E'a' ",
	dollars: '$a ',
	operators: '+',
	parentheses: '(',
	comments: '/*a*/',
	statements: 'A;',
};

test.each(Object.keys(manyTokens))('many %s overflow nothing', (kind) => {
	const sql = `COPY ${repeat(manyTokens[kind] ?? '', 512 * 1024)}`;
	expect(splitStatements(sql).length).toBeGreaterThan(0);
	expect(needsPsql(sql)).toBe(false);
	expect(locate(sql, sql.length).line).toBe(1);
});

test('a position in a large text is found', () => {
	const big = `${repeat('é', size / 2)}\n${repeat('é', size / 2)}`;
	expect(locate(big, big.length)).toEqual({ line: 2, column: size / 2 + 1 });
	expect(indexOfCharacter(big, size)).toBe(size - 1);
});

test('problems in a huge migration are reported briefly', () => {
	const big = repeat('a');
	const source = `-- Up Migration ${big}\nCOMMIT ${big};\nEND '${big}';\n-- down: ${big}\n/* Down Migration ${big} */`;
	const parse = () => parseScripts([{ name: '1_a', path: '1_a.sql', text: source, sha256: '' }]);
	expect(parse).toThrow(/^1_a\.sql:1:1: "a{100} …" means(\n.{1,250}){4}$|^(1_a\.sql:\d:1: .{1,250}\n?){5}$/);
});
