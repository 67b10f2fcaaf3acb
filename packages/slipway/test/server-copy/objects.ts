/** Roles and what belongs to the whole server. */
export const ofServer = `
	CREATE ROLE "Ann O'Hara" LOGIN PASSWORD 'for ann' CONNECTION LIMIT 7 VALID UNTIL '2040-01-01';
	CREATE ROLE readers NOLOGIN;
	GRANT readers TO "Ann O'Hara" WITH ADMIN OPTION;
	GRANT pg_read_all_stats TO readers;
	COMMENT ON ROLE readers IS 'those who read';
	ALTER ROLE "Ann O'Hara" SET search_path = sales, "Has ""quotes""";
	GRANT SET ON PARAMETER log_statement TO readers;
	REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;
	GRANT CONNECT ON DATABASE postgres TO readers`;

/** Objects of every kind that is easily lost, for the database "shop". */
export const ofDatabase = `
	ALTER DATABASE shop SET search_path = sales, public;
	ALTER ROLE readers IN DATABASE shop SET default_transaction_read_only = on;
	CREATE SCHEMA sales AUTHORIZATION "Ann O'Hara";
	CREATE EXTENSION hstore SCHEMA sales;
	SET search_path = sales, public;
	CREATE TYPE size AS ENUM ('small', 'large');
	CREATE DOMAIN positive AS int CHECK (VALUE > 0);
	CREATE TYPE crate AS (width positive, sizes size[]);
	CREATE COLLATION backwards (provider = icu, locale = 'de');
	CREATE TABLE item (
		id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
		name text COLLATE backwards NOT NULL,
		boxes crate[],
		data hstore,
		price numeric(10, 2) DEFAULT 1.5,
		doubled numeric GENERATED ALWAYS AS (price * 2) STORED,
		at timestamptz DEFAULT '2026-11-29 12:00+01',
		lasts interval DEFAULT '1 year -2 days 00:00:01.5',
		ratio float8 DEFAULT 0.1::float8 + 0.2::float8,
		raw bytea DEFAULT '\\x00ff'
	);
	ALTER TABLE item ADD COLUMN gone int;
	ALTER TABLE item DROP COLUMN gone;
	INSERT INTO item (name, boxes, data) SELECT E'näme \\\\ \\t ' || n, ARRAY[ROW(n, '{large}')::crate], 'a=>1' FROM generate_series(1, 100) AS n;
	INSERT INTO item (name) OVERRIDING SYSTEM VALUE VALUES (''), ('\\N');
	CREATE TABLE event (day date NOT NULL, item int REFERENCES item DEFERRABLE) PARTITION BY RANGE (day);
	CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
	CREATE TABLE event_other PARTITION OF event DEFAULT;
	INSERT INTO event VALUES ('2026-05-01', 1), ('1999-01-01', 2);
	CREATE TABLE parent (a int);
	CREATE TABLE child (b int) INHERITS (parent);
	INSERT INTO parent VALUES (1);
	INSERT INTO child VALUES (2, 3);
	CREATE UNLOGGED TABLE scratch AS SELECT 1 AS one;
	CREATE TABLE without_columns ();
	INSERT INTO without_columns DEFAULT VALUES;
	CREATE SEQUENCE ticket INCREMENT 5 START 100;
	SELECT nextval('ticket'), nextval('ticket');
	CREATE VIEW cheap AS SELECT id, name FROM item WHERE price < 2;
	CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS items FROM item;
	CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		RAISE EXCEPTION 'a trigger must not fire during the copy';
	END $$;
	CREATE TRIGGER no_changes BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION note();
	CREATE INDEX item_name ON item (lower(name));
	ALTER TABLE item ENABLE ROW LEVEL SECURITY;
	CREATE POLICY own ON item TO readers USING (id > 0);
	CREATE PUBLICATION all_tables FOR ALL TABLES;
	GRANT SELECT (id, name), UPDATE (name) ON item TO readers WITH GRANT OPTION;
	ALTER DEFAULT PRIVILEGES FOR ROLE "Ann O'Hara" IN SCHEMA sales GRANT SELECT ON TABLES TO readers;
	COMMENT ON COLUMN item.name IS 'what it is called';
	SELECT lo_from_bytea(4711, 'a large object');
	GRANT SELECT ON LARGE OBJECT 4711 TO readers`;
