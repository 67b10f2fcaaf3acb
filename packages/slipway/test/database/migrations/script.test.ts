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

	test('may say of a part that it wants no transaction', () => {
		const script = parse(
			'-- Up Migration, no transaction\nSELECT 1;\n-- Down Migration (no transaction)\nSELECT 2;',
		);
		expect([script.up.inTransaction, script.down?.inTransaction]).toEqual([false, false]);
		expect(parse('-- Up Migration\nSELECT 1;').up.inTransaction).toBe(true);
	});

	test.each([
		['-- Up Migration\n\n-- Down Migration\n', 'm/1_a.sql:1:1: it has no statement after "-- Up Migration"'],
		['SELECT 1;\n-- Down Migration\nSELECT 2;', 'm/1_a.sql:1:1: a statement before the first'],
		['-- Up Migration\nSELECT 1;\n-- Up Migration\nSELECT 2;', 'm/1_a.sql:3:1: a second up part'],
		['-- Up Migration notes\nSELECT 1;', 'm/1_a.sql:1:1: "notes" means nothing here; "no transaction" would'],
		['-- Up Migration\nSELECT 1;\n  COMMIT;\nSELECT 2;', 'm/1_a.sql:3:3: "COMMIT" would break up'],
		['SELECT 1; start  transaction;', 'm/1_a.sql:1:11: "start transaction" would break up'],
		['SELECT 1; ROLLBACK AND CHAIN', '"ROLLBACK AND CHAIN" would break up'],
		["SELECT 1; PREPARE TRANSACTION 'x'", '"PREPARE TRANSACTION'],
		['-- Up Migration\nSELECT 1;\n-- Down Migration\nEND;', 'm/1_a.sql:4:1: "END" would break up'],
		['SELECT 1;\n\nSELECT \0;', 'm/1_a.sql:3:8: a NUL character'],
		[
			'SELECT 1;\nCOPY a (id, "b c") FROM stdin;\n1\t2\n\\.\n',
			'm/1_a.sql:2:1: COPY FROM stdin and TO stdout',
		],
		['COPY (SELECT 1) TO STDOUT (FORMAT csv);', 'm/1_a.sql:1:1: COPY FROM stdin and TO stdout'],
	])('%j is refused', (text, message) => {
		expect(() => parse(text)).toThrow(message);
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
		].join('\n');
		expect(parse(text).upStatements).toHaveLength(11);
	});

	test('names every fault of every file', () => {
		const file = (name: string) => ({ name, path: `${name}.sql`, text: 'COMMIT;\nBEGIN;', sha256: '' });
		expect(() => parseScripts([file('1_a'), file('2_b')])).toThrow(
			/1_a\.sql:1:1: .*\n1_a\.sql:2:1: .*\n2_b\.sql:1:1: .*\n2_b\.sql:2:1: /,
		);
	});
});
