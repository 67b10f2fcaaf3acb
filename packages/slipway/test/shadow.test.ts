import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../src/connection/index.ts';
import { migrateDown, migrateUp } from '../src/database/migrations/index.ts';
import { toMigrationText } from '../src/database/models/index.ts';
import { diffModels } from '../src/shadow.ts';
import { type PreparedServer, startPostgres } from '../src/start-postgres.ts';
import { projectRoot } from './helpers/child-process.ts';
import { migrationsDirectory, writeMigration } from './helpers/own-database.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';

// A snapshot from which those of the tests' migrations start: without it, each would run initdb.
beforeAll(async () => {
	await using _server = await startPostgres({ migrations: false });
});

/** A temporary directory for the running test with these models, by feature. */
function modelsDirectory(models: Record<string, string>): string {
	const directory = temporaryDirectory();
	for (const [feature, text] of Object.entries(models)) {
		const path = join(directory, feature, 'schema.sql');
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, text);
	}
	return directory;
}

const diff = (migrations: Record<string, string>, models: Record<string, string>) =>
	diffModels({ migrations: migrationsDirectory(migrations), models: modelsDirectory(models) });

/** A server migrated from `before` to the models `after`, whose down migration has been tested. */
async function migrated(before: string, after: string): Promise<PreparedServer> {
	const migrations = migrationsDirectory({ '1_before': `-- Up Migration\n${before}` });
	const options = { migrations, models: modelsDirectory({ after }) };
	writeMigration(migrations, '2_after', toMigrationText(await diffModels(options)));
	expect(await diffModels(options)).toEqual({ up: [], down: [], notCompared: [] });
	return await startPostgres({ migrations });
}

describe('models', () => {
	test('of the project match its migrations', async () => {
		const difference = await diffModels({
			migrations: join(projectRoot, 'migrations'),
			models: join(projectRoot, 'src'),
		});
		expect(difference).toEqual({ up: [], down: [], notCompared: [] });
	});

	test('that differ in everything become a migration that works in both directions', async () => {
		const before = `
			CREATE TYPE mood AS ENUM ('sad', 'glad');
			CREATE TABLE visitor (id int PRIMARY KEY, name text, born text, mood mood DEFAULT 'sad', gone int);
			INSERT INTO visitor VALUES (1, 'Ada');
			CREATE VIEW names AS SELECT id, name FROM visitor;`;
		const visitor = `
			CREATE TYPE mood AS ENUM ('sad', 'even', 'glad');
			CREATE TABLE visitor (
				id bigint PRIMARY KEY, full_name text, born date, mood mood DEFAULT 'even',
				email text GENERATED ALWAYS AS (full_name || '@example.com') STORED
			);
			CREATE VIEW names AS SELECT id, full_name FROM visitor;
			COMMENT ON COLUMN visitor.born IS 'the day, it''s said';
			CREATE FUNCTION visitors() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM visitor';`;
		// First by name, but depends on the visitors.
		const audit = `
			CREATE TABLE audit (
				id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
				visitor bigint NOT NULL REFERENCES visitor ON DELETE CASCADE
			);
			CREATE INDEX ON audit (visitor);
			REVOKE UPDATE, DELETE ON audit FROM app_user;`;
		const migrations = migrationsDirectory({ '1_before': `-- Up Migration\n${before}` });
		const options = { migrations, models: modelsDirectory({ audit, visitor }) };
		const difference = await diffModels(options);
		writeMigration(migrations, '2_after', toMigrationText(difference));
		expect(await diffModels(options)).toEqual({ up: [], down: [], notCompared: [] });

		await using server = await startPostgres({ migrations });
		const { migrator } = server;
		const [row] = await withClient(migrator, (sql) => sql`SELECT id, full_name, mood FROM visitor`);
		expect(row).toEqual({ id: '1', full_name: 'Ada', mood: 'sad' });
		expect(await migrateDown(migrator, migrations)).toEqual(['2_after']);
		expect(await migrateUp(migrator, migrations)).toEqual(['2_after']);
	});

	test('create an index of a partitioned table on present and future partitions', async () => {
		const table = `
			CREATE TABLE "a ON ONLY b" (id int, at date) PARTITION BY RANGE (at);
			CREATE TABLE past PARTITION OF "a ON ONLY b" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`;
		const more = `
			CREATE UNIQUE INDEX "id ON ONLY at" ON "a ON ONLY b" (id, at);
			CREATE TABLE made (id int) PARTITION BY LIST (id);
			CREATE TABLE made_one PARTITION OF made FOR VALUES IN (1);
			CREATE INDEX made_id ON made (id);`;
		await using server = await migrated(table, table + more);
		const rows = await withClient(
			server.migrator,
			(sql) => sql`
				SELECT indrelid::regclass::text AS on FROM pg_index
				WHERE indisvalid AND indrelid >= 16384`,
		);
		const tables = rows.map(({ on }) => on);
		expect(tables).toEqual(expect.arrayContaining(['"a ON ONLY b"', 'made', 'made_one', 'past']));
	});

	test.each([
		['serial', 'int GENERATED ALWAYS AS IDENTITY'],
		['int', 'int GENERATED BY DEFAULT AS IDENTITY (START WITH 2 INCREMENT BY 2)'],
		['int', 'serial'],
		['int GENERATED BY DEFAULT AS IDENTITY', 'serial'],
	])('that change %s to %s continue after existing numbers', async (before, after) => {
		const table = (type: string) => `CREATE TABLE "It's" (id ${type} PRIMARY KEY, note text);`;
		const empty = (type: string) => table(type).replace('It', 'Nobody');
		const rows = `INSERT INTO "It's" VALUES (1), (7);`;
		await using server = await migrated(table(before) + empty(before) + rows, table(after) + empty(after));
		const [more, first] = await withClient(server.migrator, (sql) =>
			Promise.all([
				sql`INSERT INTO "It's" (note) VALUES ('more') RETURNING id::int`,
				sql`INSERT INTO "Nobody's" (note) VALUES ('first') RETURNING id::int`,
			]),
		);
		expect(more?.[0]?.id).toBeGreaterThan(7);
		expect(first?.[0]?.id).toBe(after.includes('START WITH 2') ? 2 : 1);
	});

	test.each(['int PRIMARY KEY', 'int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY', 'serial PRIMARY KEY'])(
		'rename a table with its data and everything named after it, with a key of type %s',
		async (type) => {
			const tables = (name: string) => `
			CREATE TABLE ${name} (id ${type}, name text UNIQUE CHECK (name <> ''), boss int REFERENCES ${name});
			CREATE INDEX ${name}_by_boss ON ${name} (boss);
			CREATE INDEX lower_name ON ${name} (lower(name));
			CREATE TABLE visit (visitor int REFERENCES ${name});
			CREATE VIEW names AS SELECT name FROM ${name};`;
			const rows = "INSERT INTO guest (id, name) VALUES (1, 'Ada');";
			await using server = await migrated(tables('guest') + rows, tables('visitor'));
			await withClient(server.migrator, async (sql) => {
				expect(await sql`SELECT id::int, name FROM visitor`).toEqual([{ id: 1, name: 'Ada' }]);
				expect(
					await sql`SELECT conname FROM pg_constraint WHERE contype <> 'n' AND conname LIKE 'guest%'`,
				).toEqual([]);
				expect(await sql`SELECT relname FROM pg_class WHERE relname LIKE 'guest%'`).toEqual([]);
			});
		},
	);

	test('never rename one partition to another, or a table if the old or the new one is ambiguous', async () => {
		const partition = (year: number) =>
			`CREATE TABLE of_${year} PARTITION OF p FOR VALUES FROM (${year}) TO (${year + 1});`;
		const parent = 'CREATE TABLE p (year int) PARTITION BY RANGE (year);';
		const tables = (...names: string[]) =>
			names.map((name) => `CREATE TABLE ${name} (id int, v text);`).join('');
		const before = `-- Up Migration\n${parent}${partition(2025)}${tables('one', 'two')}`;
		const { up } = await diff({ '1_a': before }, { a: parent + partition(2027) + tables('three') });
		expect(up.map(({ sql }) => sql).join()).not.toContain('RENAME');
	});

	test('get a warning for each statement that needs one', async () => {
		const before = 'CREATE TABLE a (id int, old text, size bigint); CREATE TABLE gone (id int);';
		const after = 'CREATE TABLE a (id int, new text, size int, must text NOT NULL)';
		const migrations = { '1_before': `-- Up Migration\n${before}` };
		const { up } = await diff(migrations, { a: after });
		const warnings = up.flatMap(({ sql, warning }) =>
			warning === undefined ? [] : [`${sql.replaceAll(/\s+/g, ' ')}: ${warning.split(/[,:]/)[0]}`],
		);
		expect(warnings.toSorted()).toEqual([
			'ALTER TABLE "public"."a" ADD COLUMN "must" text NOT NULL: Fails if the table has rows',
			'ALTER TABLE "public"."a" ALTER COLUMN "size" TYPE integer USING "size"::integer: Casts every value',
			'ALTER TABLE "public"."a" RENAME COLUMN "old" TO "new": Treated as a rename',
			'DROP TABLE "public"."gone": Loses data',
		]);
	});

	test('lead to no statements about owners and the grants that every table gets', async () => {
		const { up } = await diff({ '1_a': '-- Up Migration\nSELECT 1;' }, { a: 'CREATE TABLE a (id int)' });
		expect(up.map(({ sql }) => sql)).toEqual([expect.stringMatching(/^CREATE TABLE /)]);
	});

	test('that cannot be run are all reported with file, line and column', async () => {
		const models = {
			a: 'CREATE TABLE a (id int);\n\tCREATE TABEL b (id int);',
			b: 'CREATE TABLE c (\n\tid serail\n);',
			c: 'CREATE TABLE d (id int REFERENCES e); CREATE TABLE e (id int);',
		};
		const error = await diff({}, models).catch((error: Error) => error);
		expect(error).toMatchObject({ code: 'invalid-models' });
		expect((error as Error).message.replaceAll(/\S*\/(?=[abc]\/)/g, '')).toMatch(
			/^a\/schema.sql:2:9: syntax error at or near "TABEL"\n.*\nb\/schema.sql:2:5: type "serail" does not exist\n(?:.|\n)*\nc\/schema.sql:1:1: relation "e" does not exist/,
		);
	});

	test('start with the settings of the login, whatever an earlier one set', async () => {
		const a = "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.a (id int);";
		const { up } = await diff({ '1_a': '-- Up Migration\nSELECT 1;' }, { a, b: 'CREATE TABLE b (id int)' });
		expect(up).toHaveLength(2);
	});

	test.each([
		"CREATE TYPE NAME AS ENUM ('sad', 'glad'); CREATE TABLE a (mood NAME);",
		'CREATE DOMAIN NAME AS text; CREATE TABLE a (mood NAME);',
	])('that the library cannot reach are reported, to be written by hand: %s', async (text) => {
		const migrations = { '1_a': `-- Up Migration\n${text.replaceAll('NAME', 'feeling')}` };
		await expect(diff(migrations, { a: text.replaceAll('NAME', 'mood') })).rejects.toMatchObject({
			code: 'diff-failed',
			message: expect.stringContaining('could not write a migration from the migrations to the models: '),
			hint: expect.stringContaining('by hand'),
		});
	});

	test('list what is not compared', async () => {
		const statistics = 'CREATE TABLE a (x int, y int); CREATE STATISTICS pair ON x, y FROM a;';
		const { notCompared } = await diff({ '1_a': '-- Up Migration\nSELECT 1;' }, { a: statistics });
		expect(notCompared).toEqual(['statistics object pair']);
	});

	test('create the virtual and the stored columns that they declare', async () => {
		const more = `
			CREATE TABLE b (
				id int, "the stored" int GENERATED ALWAYS AS (id + 1) STORED,
				"the virtual" int GENERATED ALWAYS AS (id + 1) VIRTUAL
			);
			CREATE TABLE c (id int, twice text COLLATE "C" GENERATED ALWAYS AS ('x') VIRTUAL) PARTITION BY LIST (id);`;
		const a = (columns: string) => `CREATE TABLE a (id int${columns});`;
		const added = ', twice int GENERATED ALWAYS AS (id * 2) VIRTUAL';
		await using server = await migrated(a(''), a(added) + more);
		const rows = await withClient(
			server.migrator,
			(sql) => sql`
				SELECT attrelid::regclass || '.' || attname AS column, attgenerated AS kind
				FROM pg_attribute WHERE attgenerated <> '' ORDER BY 1`,
		);
		expect(rows.map(({ column, kind }) => `${column} ${kind}`)).toEqual([
			'a.twice v',
			'b.the stored s',
			'b.the virtual v',
			'c.twice v',
		]);
	});

	test('list the differences that the library does not see', async () => {
		const table = (name: string, columns: string) => `CREATE TABLE ${name} (${columns});`;
		const view = 'CREATE VIEW v AS SELECT 1 AS one;';
		const partitioned = 'CREATE TABLE p (id int) PARTITION BY LIST (id);';
		const identity = table('identity', 'id int GENERATED ALWAYS AS IDENTITY');
		const targets = table('targets', 'id int');
		const options = table('options', 'id int');
		const unseen = [
			[
				'virtual column public.twice.twice',
				table('twice', 'id int, twice int GENERATED ALWAYS AS (id * 2) STORED'),
				table('twice', 'id int, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL'),
			],
			[
				'validity of NOT NULL of public.must.id',
				table('must', 'id int NOT NULL'),
				`${table('must', 'id int')} ALTER TABLE must ADD CONSTRAINT must_id_not_null NOT NULL id NOT VALID;`,
			],
			['comment on public.v.one', view, `${view} COMMENT ON COLUMN v.one IS 'always 1';`],
			[
				'storage of public.stored.note',
				table('stored', 'note text'),
				table('stored', 'note text STORAGE EXTERNAL'),
			],
			[
				'compression of public.compressed.note',
				table('compressed', 'note text'),
				table('compressed', 'note text COMPRESSION pglz'),
			],
			[
				'statistics target of public.targets.id',
				targets,
				`${targets} ALTER TABLE targets ALTER id SET STATISTICS 9;`,
			],
			[
				'options of public.options.id',
				options,
				`${options} ALTER TABLE options ALTER id SET (n_distinct = 5);`,
			],
			[
				'grants on the sequence of public.identity.id',
				identity,
				`${identity} GRANT UPDATE ON identity_id_seq TO app_user;`,
			],
			[
				'validity of index public.p_id',
				`${partitioned} CREATE INDEX p_id ON p (id);`,
				`${partitioned} CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE INDEX p_id ON ONLY p (id);`,
			],
		] as const;
		const before = unseen.map(([, text]) => text).join('\n');
		const after = unseen.map(([, , text]) => text).join('\n');
		const { notCompared } = await diff({ '1_a': `-- Up Migration\n${before}` }, { a: after });
		expect(notCompared.toSorted()).toEqual(unseen.map(([name]) => name).toSorted());
		const same = await diff({ '1_a': `-- Up Migration\n${after}` }, { a: after });
		expect(same).toEqual({ up: [], down: [], notCompared: [] });
	});

	test('are reported as missing if there are none', async () => {
		await expect(diff({}, {})).rejects.toMatchObject({ code: 'no-models' });
	});
});
