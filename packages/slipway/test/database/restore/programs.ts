import fc from 'fast-check';

/** The login that runs a program, and its statements. A statement that fails ends the transaction that it is in. */
export interface Program {
	readonly role: 'app' | 'migrator' | 'admin';
	readonly statements: readonly string[];
}

const number = fc.integer({ min: -1, max: 20 });
const word = fc.constantFrom('a', 'Ada', 'né', "it''s", '');
const table = fc.constantFrom(
	...['author', 'book', 'category', 'audit', 'ruled', 'reading', 'reading_low', 'cache', 'parent', 'child'],
	...['booking', 'pair', 'empty', 'checked'],
);
const sequence = fc.constantFrom(
	'ticket',
	'cached',
	'author_id_seq',
	'book_id_seq',
	'audit_id_seq',
	'cache_key_seq',
);

const sql = (strings: TemplateStringsArray, ...values: fc.Arbitrary<string | number>[]) =>
	fc.tuple(...values).map((all) => String.raw({ raw: strings }, ...all));

/** What tests do. */
const data = fc.oneof(
	sql`INSERT INTO author (name, tags, visits) VALUES ('${word}${number}', ARRAY['${word}'], ${number})`,
	sql`INSERT INTO author (name) VALUES ('${word}') ON CONFLICT (name) DO UPDATE SET visits = 3`,
	sql`INSERT INTO author (id, name) OVERRIDING SYSTEM VALUE VALUES (${number}, '${word}')`,
	sql`INSERT INTO book (title, author) VALUES ('${word}', ${number})`,
	sql`INSERT INTO book (title, body) SELECT n, repeat(md5(n::text), 200) FROM generate_series(1, ${number}) AS n`,
	sql`INSERT INTO category VALUES (${number}, ${number}, '${word}')`,
	sql`INSERT INTO ruled VALUES (${number})`,
	sql`INSERT INTO reading VALUES (${number}, ${number})`,
	sql`INSERT INTO cache (value) VALUES ('${word}')`,
	sql`INSERT INTO child VALUES (${number}, '${word}')`,
	sql`INSERT INTO booking VALUES (int4range(${number}, 30))`,
	sql`INSERT INTO pair VALUES (${number}, 1)`,
	sql`INSERT INTO checked VALUES (${number})`,
	sql`INSERT INTO empty DEFAULT VALUES`,
	sql`INSERT INTO readers VALUES ('${word}')`,
	sql`UPDATE author SET name = name || '${word}', ratio = ${number} WHERE id < ${number}`,
	sql`UPDATE book SET body = repeat(title, ${number}) WHERE id > ${number}`,
	sql`UPDATE category SET id = id + ${number}`,
	sql`UPDATE reading SET at = at + ${number}`,
	sql`UPDATE pair SET a = ${number}`,
	sql`UPDATE cache SET value = NULL`,
	sql`UPDATE parent SET x = ${number}`,
	sql`MERGE INTO book USING author ON book.author = author.id WHEN MATCHED AND author.id = ${number} THEN DELETE WHEN MATCHED THEN UPDATE SET title = name`,
	sql`DELETE FROM ${table}`,
	sql`DELETE FROM author WHERE id = ${number}`,
	sql`SELECT * FROM ${table} FOR UPDATE`,
	sql`SELECT * FROM ${table}`,
	sql`SELECT nextval('${sequence}')`,
	sql`SELECT nextval('${sequence}') FROM generate_series(1, ${number})`,
);

const control = fc.constantFrom(
	...['BEGIN', 'BEGIN ISOLATION LEVEL SERIALIZABLE', 'COMMIT', 'ROLLBACK', 'SAVEPOINT s', 'ROLLBACK TO s'],
	...[
		'SET CONSTRAINTS ALL DEFERRED',
		"PREPARE TRANSACTION 'left'",
		'SELECT pg_advisory_lock(1)',
		'LISTEN news',
	],
	...["NOTIFY news, 'x'", 'SET search_path = pg_catalog', 'SET synchronous_commit = off', 'DISCARD ALL'],
	...[
		'DECLARE c CURSOR WITH HOLD FOR SELECT 1',
		'PREPARE p AS SELECT 1',
		'CREATE TEMP TABLE scratch AS SELECT 1',
	],
	...["SELECT lo_from_bytea(0, 'more')", "SELECT lo_put(oid, 0, 'X') FROM pg_largeobject_metadata"],
	...['SELECT lo_unlink(oid) FROM pg_largeobject_metadata', 'SELECT pg_stat_reset()', 'DO $$BEGIN END$$'],
	"DO $$BEGIN INSERT INTO pair VALUES (1, 1); RAISE 'no'; EXCEPTION WHEN raise_exception THEN NULL; END$$",
);

/** What only the owner and the admin may do. */
const definition = fc.oneof(
	sql`TRUNCATE ${table} CASCADE`,
	sql`TRUNCATE ${table} RESTART IDENTITY CASCADE`,
	sql`SELECT setval('${sequence}', ${number})`,
	sql`SELECT setval('${sequence}', 7, false)`,
	sql`ALTER SEQUENCE ${sequence} RESTART`,
	sql`ALTER SEQUENCE ${sequence} INCREMENT 3`,
	sql`ALTER TABLE ${table} ADD COLUMN extra int DEFAULT 1`,
	sql`ALTER TABLE ${table} SET UNLOGGED`,
	sql`ALTER TABLE ${table} DISABLE TRIGGER USER`,
	sql`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`,
	sql`ALTER TABLE ${table} RENAME TO renamed`,
	sql`ALTER TABLE ${table} SET (fillfactor = 50)`,
	sql`CREATE INDEX ON ${table} ((1))`,
	sql`DROP TABLE ${table} CASCADE`,
	sql`REINDEX TABLE ${table}`,
	sql`VACUUM ${table}`,
	sql`VACUUM (FULL) ${table}`,
	sql`VACUUM (FREEZE, ANALYZE) ${table}`,
	sql`ANALYZE ${table}`,
	sql`GRANT SELECT ON ${table} TO PUBLIC`,
	sql`REVOKE ALL ON ${table} FROM PUBLIC`,
	sql`COMMENT ON TABLE ${table} IS '${word}'`,
	sql`CREATE VIEW seen AS SELECT * FROM ${table}`,
	sql`CLUSTER author USING author_name_key`,
	fc.constantFrom(
		...[
			'REFRESH MATERIALIZED VIEW names',
			'REFRESH MATERIALIZED VIEW CONCURRENTLY names',
			'DROP VIEW readers',
		],
		...[
			'CREATE TABLE added (x int)',
			'CREATE SCHEMA other',
			"ALTER TYPE mood ADD VALUE 'new'",
			'DROP SEQUENCE ticket',
		],
		...['ALTER DOMAIN positive DROP CONSTRAINT positive_check', "COMMENT ON SCHEMA public IS 'x'"],
		...['CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$'],
		...[
			'DROP RULE copied ON ruled',
			'CREATE STATISTICS s ON a, b FROM pair',
			'CREATE POLICY p ON pair USING (true)',
		],
		...[
			'ALTER TABLE reading DETACH PARTITION reading_low',
			'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC',
		],
	),
);

/** What only a superuser may do. `:database` stands for the name of the database. */
const administration = fc.oneof(
	fc.constantFrom(
		...[
			"COMMENT ON DATABASE :database IS 'x'",
			"ALTER DATABASE :database SET work_mem = '1MB'",
			'ALTER DATABASE :database CONNECTION LIMIT 3',
		],
		...[
			"ALTER ROLE app_user IN DATABASE :database SET timezone = 'UTC'",
			'GRANT TEMP ON DATABASE :database TO PUBLIC',
		],
		...[
			'ALTER DATABASE :database OWNER TO postgres',
			'CREATE EXTENSION citext',
			'CREATE PUBLICATION p FOR ALL TABLES',
			'VACUUM',
		],
		...[
			'VACUUM FULL pg_class',
			'REINDEX INDEX pg_class_oid_index',
			'ANALYZE',
			'CHECKPOINT',
			'REINDEX SYSTEM',
		],
		...[
			'SET session_replication_role = replica',
			'SET allow_system_table_mods = on',
			'SET track_counts = off',
		],
		"UPDATE pg_class SET reltuples = 5 WHERE relname = 'author'",
		"CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
		"CREATE FUNCTION greet() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO empty DEFAULT VALUES; END'",
		'CREATE EVENT TRIGGER greet ON ddl_command_start EXECUTE FUNCTION greet()',
	),
	sql`UPDATE pg_attribute SET attstattarget = ${number} WHERE attname = 'name'`,
);

const program = (role: Program['role'], ...statement: readonly fc.Arbitrary<string>[]) =>
	fc.array(fc.oneof(...statement), { maxLength: 8 }).map((statements): Program => ({ role, statements }));

/** Mostly of the app, as in tests, so that many of them can be restored. */
export const programs = fc.array(
	fc.oneof(
		{ weight: 8, arbitrary: program('app', data) },
		{ weight: 2, arbitrary: program('app', data, control) },
		{ weight: 2, arbitrary: program('migrator', data, control, definition) },
		{ weight: 1, arbitrary: program('admin', data, control, definition, administration) },
	),
	{ maxLength: 3 },
);

/** What later rows look like depends on the state that they find. */
export const laterProgram = program('app', data);
