import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SqlMigration } from '../../../src/database/sql-migrations/index.ts';
import { parseSqlScripts } from '../../../src/database/sql-migrations/script.ts';

const migration = (text: string, name = '1_a.sql', flywayConfig?: string): SqlMigration => ({
	name,
	path: `/project/${name}`,
	text,
	sha256: hash('sha256', text),
	repeatable: false,
	...(flywayConfig !== undefined && { flywayConfig }),
});

const parse = (...file: Parameters<typeof migration>) =>
	parseSqlScripts([migration(...file)])[0]?.blocks.map(({ inTransaction, statements }) => ({
		inTransaction,
		statements: statements.map(({ text }) => text),
	}));

const one = (...statements: string[]) => [{ inTransaction: true, statements }];
const alone = (...statements: string[]) => [{ inTransaction: false, statements }];

describe('sections', () => {
	const directives: Readonly<Record<string, { up: string; down: string; alone: string }>> = {
		dbmate: { up: '-- migrate:up', down: '--migrate:down', alone: '-- migrate:up transaction:false' },
		'sql-migrate': { up: '-- +migrate Up', down: '-- +migrate Down', alone: '-- +migrate Up notransaction' },
		'node-pg-migrate': {
			up: '-- Up Migration',
			down: '-- Down Migration',
			alone: '-- Up Migration, no transaction',
		},
		goose: { up: '-- +goose Up', down: '-- +goose Down', alone: '-- +goose NO TRANSACTION\n-- +goose Up' },
	};
	const statement = fc.constantFrom(
		"SELECT 'a;b'",
		'SELECT $$;\n  -- migrate:down\n$$',
		'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END',
		'SELECT 1 -- down\n+ 1',
	);
	const section = fc.record({
		kind: fc.constantFrom('up' as const, 'down' as const),
		statements: fc.array(statement, { maxLength: 3 }),
	});

	test.each(Object.keys(directives))('of %s: those that apply run, whatever else is there', (tool) => {
		const { up = '', down = '', alone: upAlone = '' } = directives[tool] ?? {};
		fc.assert(
			fc.property(fc.array(section, { minLength: 1, maxLength: 4 }), fc.boolean(), (sections, isAlone) => {
				const marker = { up: isAlone ? upAlone : up, down };
				const body = (statements: readonly string[]) => statements.map((each) => `${each};\n`).join('');
				const text = sections
					.map(({ kind, statements }) => `${marker[kind]}\n${body(statements)}`)
					.join('\n');
				const wanted = sections.filter(({ kind }) => kind === 'up');
				const blocks = parse(`-- A comment\n\n${text}`) ?? [];
				expect(blocks.flatMap(({ statements }) => statements)).toEqual(
					wanted.flatMap(({ statements }) => statements),
				);
				expect(new Set(blocks.map(({ inTransaction }) => inTransaction))).toEqual(
					new Set(wanted.length > 0 ? [!isAlone] : []),
				);
			}),
			{ numRuns: 200 },
		);
	});

	test('of dbmate: each one says on its own whether it runs in a transaction', () => {
		expect(
			parse(
				'-- migrate:up\nA;\n-- migrate:down\nB;\n-- migrate:up transaction:false\nC;\n-- migrate:down\nD;',
			),
		).toEqual([...one('A'), ...alone('C')]);
	});

	test('of goose: what stands between StatementBegin and StatementEnd is split as well', () => {
		expect(
			parse('-- +goose Up\n-- +goose StatementBegin\nA;\nB;\n-- +goose StatementEnd\nC;\n-- +goose Down\nD;'),
		).toEqual(one('A', 'B', 'C'));
	});

	test('of sql-migrate: what comes before them is ignored, as sql-migrate does', () => {
		expect(parse('A;\n-- +migrate Up\nB;')).toEqual(one('B'));
	});
});

describe('without sections', () => {
	test('a file is one block, and the breakpoints of Drizzle are comments', () => {
		expect(parse('CREATE TABLE a ();--> statement-breakpoint\nCREATE TABLE b ();')).toEqual(
			one('CREATE TABLE a ()', 'CREATE TABLE b ()'),
		);
	});

	test.each([
		'CREATE UNIQUE INDEX CONCURRENTLY i ON a (id)',
		'create index concurrently i on a (id)',
		'REINDEX (VERBOSE) DATABASE a',
		'REINDEX TABLE CONCURRENTLY a',
		'VACUUM ANALYZE a',
		'ALTER SYSTEM SET work_mem = 1',
		'CREATE DATABASE a',
		'ALTER TABLE a DETACH PARTITION b CONCURRENTLY',
		'DO $$ BEGIN INSERT INTO a VALUES (1); COMMIT; END $$',
	])('a single statement runs alone if it has to: %s', (text) => {
		expect(parse(`-- About it\n${text};\n`)).toEqual(alone(text));
		expect(parse(`${text};\nSELECT 1;`)).toEqual(one(text, 'SELECT 1'));
	});

	test.each(['-- atlas:txmode none', '--! no-transaction', '-- no-transaction'])(
		'"%s" is followed',
		(line) => {
			expect(parse(`${line}\n\nA;\nB;`)).toEqual(alone('A', 'B'));
		},
	);

	test('comments that only resemble a marker are comments', () => {
		const comments = '-- Up\nA;\n-- Rollback:\n-- DROP TABLE a;\n/* down */\n';
		expect(parse(comments)).toEqual(one('A'));
		expect(parse('-- Down\nA;')).toEqual(one('A'));
	});
});

/** As in Flyway. */
const placeholder = (name: string) => ['$', '{', name, '}'].join('');

describe('files of Flyway', () => {
	const flyway = (text: string, config = '') => parse(text, 'V1__a.sql', config);

	test('run outside a transaction if all statements need that, or the configuration says so', () => {
		expect(flyway('A; B;')).toEqual(one('A', 'B'));
		expect(flyway('VACUUM a; VACUUM b;')).toEqual(alone('VACUUM a', 'VACUUM b'));
		expect(flyway('A; VACUUM b;', '# Comment\nexecuteInTransaction = false\n')).toEqual(
			alone('A', 'VACUUM b'),
		);
	});

	test('may have placeholders in comments, or where replacement is off', () => {
		expect(flyway(`-- ${placeholder('a')}\nA; /* ${placeholder('b')} */`)).toEqual(one('A'));
		const text = `SELECT '${placeholder('a')}'`;
		expect(flyway(text, 'placeholderReplacement=false')).toEqual(one(text));
	});
});

const refused: Readonly<Record<string, [text: string, message: RegExp, flywayConfig?: string]>> = {
	'a placeholder of Flyway, also within a literal': [
		`A;\nSELECT $$ ${placeholder('schema')} $$, '${placeholder('flyway:user')}'`,
		/V1__a.sql:2:11: the placeholder \$\{schema\}.*\n.*:2:26: the placeholder \$\{flyway:user\}/,
		'',
	],
	'a mixture that Flyway refuses': ['A;\nVACUUM a;', /:2:1: this statement cannot run in a transaction/, ''],
	'a placeholder of graphile-migrate': [
		"--! Previous: -\n--! Hash: sha1:1\n\n-- :A\nSELECT 'a'::TEXT;\nGRANT a TO :DATABASE_OWNER;",
		/^[^\n]*:6:12: the placeholder :DATABASE_OWNER[^\n]*$/,
	],
	'substitution by goose': ['-- +goose Up\n-- +goose ENVSUB ON\nA;', /:2:1: .*environment variables/],
	'an annotation that goose does not know': [
		'-- +goose Up\n-- +goose Begin\nA;',
		/:2:1: .*no such annotation/,
	],
	'a statement before the first section': [
		'A;\n-- migrate:up\nB;',
		/:1:1: a statement before .*dbmate refuses/,
	],
	'a marker that its tool does not read': ['-- migrate : up\nA;', /:1:1: .*marker of dbmate, but not one/],
	'sections of tern': [
		'A;\n---- create above / drop below ----\nB;',
		/:2:1: .*section marker of tern.*command/,
	],
	'a part that would undo the first': ['A;\n-- Down\nB;', /:2:1: .*all statements would run/],
	'commands of psql': ['A;\n\\i other.sql\n', /:2:1: "\\i" is a psql command/],
	'rows for psql': ['COPY a FROM stdin;\n1\n\\.\nA;', /:1:1: COPY FROM stdin/],
	'a NUL character': ['A;\0', /:1:3: a NUL/],
	'a delimiter of Atlas': ['-- atlas:delimiter \\n\\n\nA', /:1:1: a delimiter of Atlas/],
};

test.each(Object.entries(refused))('%s: an error with its place', (_, [text, message, config]) => {
	const parsing = () => parse(text, config === undefined ? '1_a.sql' : 'V1__a.sql', config);
	expect(parsing).toThrow(
		expect.objectContaining({ code: 'invalid-migrations', message: expect.stringMatching(message) }),
	);
});
