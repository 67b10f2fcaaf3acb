import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintMigrations } from '../../../../src/database/migrations/index.ts';
import { migrationsDirectory } from '../../../helpers/own-database.ts';
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts';

const kindsOf = async (text: string) =>
	(await lintMigrations(migrationsDirectory({ '1_a': text }))).map(({ kind }) => kind);

describe('the linter', () => {
	test('ignores the psql commands at the beginning and end of a dump', async () => {
		const dump = '\\restrict x\n\nCREATE TABLE t (id int);\n\n\\unrestrict x\n';
		expect(await kindsOf(dump)).toEqual([]);
		expect(await kindsOf(`${dump}DROP TABLE t;\n`)).toEqual(['ban-drop-table']);
	});

	test.each([
		['a new type', 'ALTER TABLE t ALTER c TYPE bigint', 'changing-column-type'],
		['a volatile default', 'ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()', 'adding-field-with-default'],
		[
			'a generated column',
			'ALTER TABLE t ADD c int GENERATED ALWAYS AS (a + 1) STORED',
			'adding-field-with-default',
		],
		['a serial column', 'ALTER TABLE t ADD c bigserial', 'prefer-identity'],
		['NOT NULL without a default', 'ALTER TABLE t ADD c text NOT NULL', 'adding-required-field'],
		['SET NOT NULL', 'ALTER TABLE t ALTER c SET NOT NULL', 'adding-not-nullable-field'],
		['an index that keeps writers out', 'CREATE INDEX i ON t (c)', 'require-concurrent-index-creation'],
		['the end of an index', 'DROP INDEX i', 'require-concurrent-index-deletion'],
		[
			'a CHECK that reads the table',
			'ALTER TABLE t ADD CONSTRAINT k CHECK (c > 0)',
			'constraint-missing-not-valid',
		],
		[
			'a foreign key',
			'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES u (c)',
			'adding-foreign-key-constraint',
		],
		['a unique constraint', 'ALTER TABLE t ADD CONSTRAINT k UNIQUE (c)', 'disallowed-unique-constraint'],
		['a dropped column', 'ALTER TABLE t DROP COLUMN c', 'ban-drop-column'],
		['a dropped table', 'DROP TABLE t', 'ban-drop-table'],
		['a truncated table', 'TRUNCATE t', 'truncate-table'],
		['a truncated table and those that refer to it', 'TRUNCATE t CASCADE', 'ban-truncate-cascade'],
		['a table that is put in order', 'CLUSTER t USING i', 'cluster'],
		['a table that is packed', 'VACUUM (ANALYZE, FULL) t', 'vacuum-full'],
		['a table that is packed, in the old way', 'VACUUM FULL t', 'vacuum-full'],
		['a table that gets a log', 'ALTER TABLE t SET LOGGED', 'set-logged'],
		['a table that loses its log', 'ALTER TABLE t SET UNLOGGED', 'set-logged'],
		['a view that is read anew', 'REFRESH MATERIALIZED VIEW v', 'refresh-without-concurrently'],
		['a locked table', 'LOCK TABLE t', 'lock-table'],
		['a renamed column', 'ALTER TABLE t RENAME c TO d', 'renaming-column'],
		['a renamed table', 'ALTER TABLE t RENAME TO u', 'renaming-table'],
		[
			'an index outside its transaction',
			'CREATE INDEX CONCURRENTLY i ON t (c)',
			'ban-concurrent-index-creation-in-transaction',
		],
	])('warns of %s: %s', async (_, statement, kind) => {
		expect(await kindsOf(`-- Up Migration\n${statement};\n-- Down Migration\nSELECT 1;\n`)).toContain(kind);
	});

	test.each([
		['what is done to a new table', 'CREATE TABLE t (c int NOT NULL); CREATE INDEX i ON t (c);'],
		['a default that is the same for all rows', 'ALTER TABLE t ADD c int NOT NULL DEFAULT 0;'],
		['a constraint that reads later', 'ALTER TABLE t ADD CONSTRAINT k CHECK (c > 0) NOT VALID;'],
		['a view that is read anew beside its readers', 'REFRESH MATERIALIZED VIEW CONCURRENTLY v;'],
		['the way back', 'SELECT 1;\n-- Down Migration\nDROP TABLE t;'],
	])('allows %s', async (_, text) => {
		expect(await kindsOf(`-- Up Migration\n${text}`)).toEqual([]);
	});

	test('allows creating an index concurrently without a transaction, if it can be run again', async () => {
		const up = '-- Up Migration, no transaction\n';
		expect(await kindsOf(`${up}CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (c);`)).toEqual([]);
		expect(await kindsOf(`${up}CREATE INDEX CONCURRENTLY i ON t (c);`)).toEqual(['prefer-robust-stmts']);
	});

	test('reports line and column, even after multibyte characters', async () => {
		const directory = migrationsDirectory({ '1_a': "-- Up Migration\nSELECT 'größe'; DROP TABLE t;" });
		expect(await lintMigrations(directory)).toMatchObject([
			{ path: join(directory, '1_a.sql'), line: 2, column: 17, kind: 'ban-drop-table' },
		]);
	});

	test('reports where the code still uses what is dropped', async () => {
		const source = join(temporaryDirectory(), 'src');
		mkdirSync(source);
		writeFileSync(join(source, 'store.ts'), 'const note = 1;\nsql`\n\tSELECT note FROM counter`;\n');
		writeFileSync(join(source, 'other.ts'), "// note\nconst text = 'note';\n");
		const directory = migrationsDirectory({
			'1_a': 'ALTER TABLE public.counter DROP COLUMN IF EXISTS "note";',
		});
		const [finding] = await lintMigrations(directory, { source });
		expect(finding?.message).toMatch(/ The code still uses it: src\/store\.ts:3\.$/);
	});

	test('does not search for names if a statement drops something without one', async () => {
		const source = temporaryDirectory();
		writeFileSync(join(source, 'a.ts'), 'sql`INSERT INTO a SELECT 1 WHERE NOT EXISTS (SELECT FROM a)`;');
		const directory = migrationsDirectory({
			'1_a': 'ALTER TABLE counter ALTER COLUMN value DROP NOT NULL;',
			'2_b': 'ALTER TABLE counter ALTER COLUMN value DROP NOT NULL, DROP COLUMN note;',
		});
		const findings = await lintMigrations(directory, { source });
		expect(findings.map(({ kind }) => kind)).toContain('ban-drop-column');
		for (const { message } of findings) expect(message).not.toContain('still names it');
	});
});

test('the linter rejects a source folder that does not exist', async () => {
	const source = join(temporaryDirectory(), 'none');
	await expect(lintMigrations(migrationsDirectory({ '1_a': 'SELECT 1;' }), { source })).rejects.toMatchObject(
		{
			code: 'no-source',
			message: expect.stringContaining(source),
		},
	);
});

describe('an allowance', () => {
	const allow = (comment: string) => kindsOf(`-- Up Migration\n${comment}\nDROP TABLE t;\nDROP TABLE u;\n`);

	test('with a reason allows its kind, but only for the statement below it', async () => {
		expect(await allow('-- lint: allow ban-drop-table because nothing has used it since 2024')).toEqual([
			'ban-drop-table',
		]);
	});

	test.each([
		['no reason', '-- lint: allow ban-drop-table'],
		['an empty reason', '-- lint: allow ban-drop-table because '],
		['another kind', '-- lint: allow renaming-table because it has a view'],
	])('with %s allows nothing and is reported itself', async (_, comment) => {
		expect((await allow(comment)).toSorted()).toEqual(['allowance', 'ban-drop-table', 'ban-drop-table']);
	});
});
