import { expect, test } from 'vitest';
import { readControl } from '../../../src/vitest/pg/control.ts';

const controlsOf = (sql: string) => readControl(sql)?.map(({ control }) => control);

test.each([
	['BEGIN', 'begin', ''],
	['begin;', 'begin', ''],
	['BEGIN WORK', 'begin', ''],
	['/* request 7 */ START TRANSACTION READ ONLY;', 'begin', 'READ ONLY'],
	['begin isolation level serializable, read write', 'begin', 'isolation level serializable, read write'],
])('%s begins a transaction', (sql, does, modes) => {
	expect(controlsOf(sql)).toEqual([{ does, modes }]);
});

test.each([
	...['COMMIT', 'commit work;', 'END TRANSACTION', 'COMMIT AND NO CHAIN'].map((sql) => [sql, 'commit']),
	...['ROLLBACK', 'abort', 'rollback transaction -- done'].map((sql) => [sql, 'rollback']),
	...['SAVEPOINT a', 'ROLLBACK TO a', 'rollback work to savepoint a', 'RELEASE a'].map((sql) => [
		sql,
		'savepoint',
	]),
])('%s is a %s', (sql, does) => {
	expect(controlsOf(sql ?? '')).toEqual([{ does }]);
});

test.each([
	['LISTEN x', 'LISTEN'],
	["PREPARE TRANSACTION 'x'", 'PREPARE TRANSACTION'],
	["commit prepared 'x'", 'COMMIT PREPARED'],
	['ROLLBACK AND CHAIN', 'ROLLBACK AND CHAIN'],
])('%s is refused', (sql, name) => {
	expect(controlsOf(sql)).toEqual([{ does: 'refused', name }]);
});

test.each([
	'SELECT 1',
	"SELECT 'BEGIN; COMMIT'",
	'SELECT CASE WHEN true THEN 1 END',
	'SELECT "commit" FROM release -- ROLLBACK',
	'PREPARE begin AS SELECT 1',
	'DO $$ BEGIN PERFORM 1; END $$',
	'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END',
	'UNLISTEN *',
])('%s does not control the transaction', (sql) => {
	expect(readControl(sql)).toBeUndefined();
});

test('a script has each of its statements', () => {
	expect(readControl("BEGIN; INSERT INTO t VALUES (';'); COMMIT;")).toEqual([
		{ text: 'BEGIN', control: { does: 'begin', modes: '' } },
		{ text: "INSERT INTO t VALUES (';')", control: undefined },
		{ text: 'COMMIT', control: { does: 'commit' } },
	]);
});
