import { describe, expect, test } from 'vitest';
import { parseScripts } from '../../../src/database/migrations/script.ts';

function parse(text: string) {
	const [script] = parseScripts([{ name: '1_a', path: 'm/1_a.sql', text, sha256: '' }]);
	if (script === undefined) throw new Error('no script');
	const statements = (part: typeof script.down) => part?.statements.map((statement) => statement.text);
	return { ...script, upStatements: statements(script.up), downStatements: statements(script.down) };
}

describe('a migration file', () => {
	test('has an up part and a down part, in either order', () => {
		const up = '-- Up Migration\nSELECT 1;\nSELECT 2\n';
		const down = '---- down migration --\nSELECT 3;\n';
		for (const text of [up + down, down + up])
			expect(parse(text)).toMatchObject({
				upStatements: ['SELECT 1', 'SELECT 2'],
				downStatements: ['SELECT 3'],
			});
	});

	test('without markers is an up part that cannot be reverted', () => {
		expect(parse('SELECT 1;')).toMatchObject({ upStatements: ['SELECT 1'], down: undefined });
	});

	test.each([
		['the body of a function', 'DO $$\n-- Down Migration\nBEGIN END $$'],
		['a text', "SELECT '\n-- Up Migration\n'"],
		['a name', 'SELECT 1 AS "\n-- Up Migration\n"'],
		['a comment', 'SELECT /*\n-- Down Migration\n*/ 1'],
	])('has no marker within %s', (_, statement) => {
		const text = `-- Up Migration\n${statement};\n  -- Down Migration\n${statement};\n`;
		expect(parse(text)).toMatchObject({ upStatements: [statement], downStatements: [statement] });
	});

	test('cannot be reverted when its down part is empty', () => {
		expect(parse('-- Up Migration\nSELECT 1;\n-- Down Migration\n-- none\n').down).toBeUndefined();
	});

	test('may mark a part as running without a transaction', () => {
		const script = parse(
			'-- Up Migration, no transaction\nSELECT 1;\n-- Down Migration (no transaction)\nSELECT 2;',
		);
		expect([script.up.inTransaction, script.down?.inTransaction]).toEqual([false, false]);
		expect(parse('-- Up Migration\nSELECT 1;').up.inTransaction).toBe(true);
	});

	test.each([
		[
			'-- Up Migration\n\n-- Down Migration\n',
			'm/1_a.sql:1:1: there is no statement after "-- Up Migration"',
		],
		['SELECT 1;\n-- Down Migration\nSELECT 2;', 'm/1_a.sql:1:1: a statement before the first'],
		['-- Up Migration\nSELECT 1;\n-- Up Migration\nSELECT 2;', 'm/1_a.sql:3:1: a second up part'],
		[
			'-- Up Migration notes\nSELECT 1;',
			'm/1_a.sql:1:1: "notes" is not an option of a section; "no transaction" is',
		],
		['-- Up Migration\nSELECT 1;\n  COMMIT;\nSELECT 2;', 'm/1_a.sql:3:3: "COMMIT" would end'],
		['SELECT 1; start  transaction;', 'm/1_a.sql:1:11: "start transaction" would end'],
		['SELECT 1; ROLLBACK AND CHAIN', '"ROLLBACK AND CHAIN" would end'],
		["SELECT 1; PREPARE TRANSACTION 'x'", '"PREPARE TRANSACTION'],
		['-- Up Migration\nSELECT 1;\n-- Down Migration\nEND;', 'm/1_a.sql:4:1: "END" would end'],
		['SELECT 1;\n\nSELECT \0;', 'm/1_a.sql:3:8: a NUL character'],
		[
			'SELECT 1;\nCOPY a (id, "b c") FROM stdin;\n1\t2\n\\.\n',
			'm/1_a.sql:2:1: COPY FROM stdin and TO stdout',
		],
		['COPY (SELECT 1) TO STDOUT (FORMAT csv);', 'm/1_a.sql:1:1: COPY FROM stdin and TO stdout'],
		["COPY (SELECT 'a', '(') TO/* a */STDOUT;", 'm/1_a.sql:1:1: COPY FROM stdin and TO stdout'],
		['START /* a */ TRANSACTION;', '"START TRANSACTION" would end'],
	])('%j is rejected', (text, message) => {
		expect(() => parse(text)).toThrow(message);
	});

	test.each([
		['-- migrate:down', 'is a section marker of dbmate, but only a comment here: write "-- Down Migration"'],
		['-- migrate:up transaction:false', 'of dbmate, .*: write "-- Up Migration, no transaction"'],
		['-- +goose Down', 'of goose, .*: write "-- Down Migration"'],
		['-- +goose StatementBegin', 'of goose, .*: remove it, and mark the parts with "-- Up Migration" and'],
		['-- +goose NO TRANSACTION', 'of goose, .*: write "-- Up Migration, no transaction"'],
		['-- +migrate Down', 'of sql-migrate, .*: write "-- Down Migration"'],
		['-- +migrate Up notransaction', 'of sql-migrate, .*: write "-- Up Migration, no transaction"'],
		['-- +micrate Down', 'of micrate'],
		['-- rambler down', 'of rambler'],
		['---- create above / drop below ----', 'of tern, .*: write "-- Down Migration"'],
		['-- !Downs', 'of Play, .*: write "-- Down Migration"'],
		['-- //@UNDO', 'of MyBatis Migrations, .*: write "-- Down Migration"'],
		['--liquibase formatted sql', 'of Liquibase'],
		['--changeset ada:1', 'of Liquibase'],
		['-- Down Migrations', 'looks like a section marker, but only a comment here: write "-- Down Migration"'],
		['-- DownMigration', 'write "-- Down Migration"'],
		['-- down_migration:', 'write "-- Down Migration"'],
		['-- Down Migratoin', 'write "-- Down Migration"'],
		['-- Down\u00a0Migration', 'write "-- Down Migration"'],
		['-- down', 'write "-- Down Migration"'],
		['  -- DOWN:', 'write "-- Down Migration"'],
		['-- ==== DOWN ====', 'write "-- Down Migration"'],
		['-- down: remove what was added', 'write "-- Down Migration"'],
		['-- Migration Down', 'write "-- Down Migration"'],
		['-- migration (down)', 'write "-- Down Migration"'],
		['-- Migrate: down', 'write "-- Down Migration"'],
		['-- Down script', 'write "-- Down Migration"'],
		['-- Rollback', 'write "-- Down Migration"'],
		['-- Undo migration', 'write "-- Down Migration"'],
		['/* Down Migration */', 'write "-- Down Migration"'],
	])('is rejected at the line of the foreign marker %j', (line, message) => {
		for (const head of ['', '-- Up Migration\n'])
			expect(() => parse(`${head}CREATE TABLE a ();\n${line}\nDROP TABLE a;\n`)).toThrow(
				new RegExp(`m/1_a\\.sql:${head === '' ? 2 : 3}:${line.search(/\S/) + 1}: ".*" .*${message}`),
			);
		expect(() => parse(`${line}\nCREATE TABLE a ();`)).toThrow(
			message.includes('.*') ? '1_a.sql:1:' : message,
		);
	});

	test('is rejected if a marker follows a statement on its line', () => {
		expect(() => parse('CREATE TABLE a (); -- Down Migration\nDROP TABLE a;')).toThrow(
			'm/1_a.sql:1:20: "-- Down Migration" has to be on its own line',
		);
	});

	test.each([
		'-- upper bound',
		'-- downloads, by day',
		'-- up to 10 of them',
		'-- the migration of the users',
		'-- rollback is not possible',
		'-- undo what 1_a did',
		'-- data migration',
		'-- migration 12',
		'SELECT 1; -- down',
		'CREATE TABLE b (\n-- up\nc int,\n-- down\nd int\n);',
	])('may contain %j', (line) => {
		expect(() => parse(`-- Up Migration\nSELECT 1;\n${line}\nSELECT 2;`)).not.toThrow();
	});

	test('lists only some of very many problems', () => {
		expect(() => parse('COMMIT;\n'.repeat(100_000))).toThrow(/1_a\.sql:50:1: .*\nand 99950 more$/);
	});

	test('may use what only looks like transaction control', () => {
		const text = [
			'SAVEPOINT a; ROLLBACK TO a; ROLLBACK WORK TO SAVEPOINT a; RELEASE a;',
			'PREPARE commit AS SELECT 1;',
			'DO $$ BEGIN NULL; END $$;',
			"SELECT 'x'; -- COMMIT;",
			'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;',
			"COPY a FROM '/from stdin'; COPY (SELECT $$ from stdin $$) TO '/x';",
			"COPY (SELECT 1) TO '/to stdout';",
			"COPY (SELECT a FROM b WHERE c = ' to stdout') TO '/x';",
		].join('\n');
		expect(parse(text).upStatements).toHaveLength(12);
	});

	test('lists every problem of every file', () => {
		const file = (name: string) => ({ name, path: `${name}.sql`, text: 'COMMIT;\nBEGIN;', sha256: '' });
		expect(() => parseScripts([file('1_a'), file('2_b')])).toThrow(
			/1_a\.sql:1:1: .*\n1_a\.sql:2:1: .*\n2_b\.sql:1:1: .*\n2_b\.sql:2:1: /,
		);
	});
});

describe('the files of a pair', () => {
	const pair = (up: string, down: string) =>
		parseScripts([
			{
				name: '1_a',
				path: 'm/1_a.up.sql',
				text: up,
				down: { path: 'm/1_a.down.sql', text: down },
				sha256: '',
			},
		])[0];

	test('are one part each, whatever their markers say', () => {
		for (const [up, down] of [
			['SELECT 1;', 'SELECT 2;'],
			['-- Up\nSELECT 1;', '-- Rollback\nSELECT 2;'],
			['-- Up migration for a\nSELECT 1;', '-- Down migration for a\nSELECT 2;'],
		] as const) {
			const script = pair(up, down);
			expect(script?.up).toMatchObject({ inTransaction: true, statements: [{ text: 'SELECT 1' }] });
			expect(script?.down).toMatchObject({ inTransaction: true, statements: [{ text: 'SELECT 2' }] });
		}
	});

	test('may run without a transaction', () => {
		const script = pair(
			'-- Up Migration, no transaction\nSELECT 1;',
			'-- Down Migration, no transaction\nSELECT 2;',
		);
		expect([script?.up.inTransaction, script?.down?.inTransaction]).toEqual([false, false]);
	});

	test('are rejected if one contains the part of the other', () => {
		expect(() => pair('SELECT 1;\n-- Down Migration\nSELECT 2;', '')).toThrow(
			'm/1_a.up.sql:2:1: a down part in a .up.sql file: move it to the .down.sql file',
		);
		expect(() => pair('SELECT 1;\n-- migrate:down\nSELECT 2;', '')).toThrow(
			'm/1_a.up.sql:2:1: "-- migrate:down" is',
		);
		expect(() => pair('SELECT 1;', 'SELECT 2;\n-- up\nSELECT 1;')).toThrow(
			'm/1_a.down.sql:2:1: "-- up" looks like',
		);
	});

	test('are each reported with their own problems', () => {
		expect(() => pair('COMMIT;', '\nEND;')).toThrow(/m\/1_a\.up\.sql:1:1: .*\nm\/1_a\.down\.sql:2:1: /);
	});
});
