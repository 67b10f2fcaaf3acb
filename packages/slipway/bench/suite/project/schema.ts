import { type Conditions, coreTables, seededTables } from '../conditions.ts';

type Size = Pick<Conditions, 'tables' | 'seedMb'>;

/** The migrations and the seed of a schema with this many tables, by path. */
export function schemaFiles(size: Size): Record<string, string> {
	return { ...coreMigrations, ...thingMigrations(size.tables - coreTables), 'seed.sql': seed(size) };
}

const tablesPerMigration = 10;

function thingMigrations(count: number): Record<string, string> {
	const numbers = Array.from({ length: count }, (_, index) => index + 1);
	const starts = numbers.filter((number) => number % tablesPerMigration === 1);
	return Object.fromEntries(
		starts.map((start) => {
			const created = numbers.slice(start - 1, start - 1 + tablesPerMigration);
			const up = created.map(createThing).join('\n');
			const down = created
				.toReversed()
				.map((number) => `DROP TABLE thing_${number};`)
				.join('\n');
			const name = `migrations/20260201${String(start).padStart(9, '0')}_create-things-${start}.sql`;
			return [name, `-- Up Migration\n${up}\n-- Down Migration\n${down}\n`];
		}),
	);
}

/** With three indexes, and a reference to the table before. */
function createThing(number: number): string {
	const reference = number === 1 ? '' : ` REFERENCES thing_${number - 1} (id)`;
	return `
CREATE TABLE thing_${number} (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	parent_id bigint${reference},
	note text NOT NULL DEFAULT '',
	changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON thing_${number} (changed_at);`;
}

/** A row takes half a kilobyte, with its index entries. */
const rowsPerMegabyte = 1_900;

function seed(size: Size): string {
	const tables = seededTables(size);
	const rows = Math.round((size.seedMb * rowsPerMegabyte) / (tables.length || 1));
	const inserts = tables.map(
		(table) => `
INSERT INTO ${table} (name, note)
SELECT 'seed ' || row, (SELECT string_agg(md5(row::text || part), '') FROM generate_series(1, 12) part)
FROM generate_series(1, ${rows}) row;`,
	);
	return inserts.length === 0 ? 'SELECT;' : inserts.join('\n');
}

const coreMigrations = {
	'migrations/20260101000000000_create-customer.sql': `
-- Up Migration
CREATE TABLE customer (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	email text NOT NULL UNIQUE,
	name text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);
-- Down Migration
DROP TABLE customer;`,
	'migrations/20260102000000000_create-product.sql': `
-- Up Migration
CREATE TABLE product (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sku text NOT NULL UNIQUE,
	price numeric(10, 2) NOT NULL CHECK (price > 0)
);
-- Down Migration
DROP TABLE product;`,
	'migrations/20260103000000000_create-purchase.sql': `
-- Up Migration
CREATE TABLE purchase (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer_id bigint NOT NULL REFERENCES customer (id),
	placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX purchase_customer_id ON purchase (customer_id);
CREATE TABLE purchase_line (
	purchase_id bigint NOT NULL REFERENCES purchase (id),
	product_id bigint NOT NULL REFERENCES product (id),
	quantity int NOT NULL CHECK (quantity > 0),
	PRIMARY KEY (purchase_id, product_id)
);
-- Down Migration
DROP TABLE purchase_line, purchase;`,
	'migrations/20260104000000000_create-purchase-total.sql': `
-- Up Migration
CREATE VIEW purchase_total AS
	SELECT purchase_id, sum(quantity * price) AS total
	FROM purchase_line JOIN product ON product.id = product_id
	GROUP BY purchase_id;
-- Down Migration
DROP VIEW purchase_total;`,
};
