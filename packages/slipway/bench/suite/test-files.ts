/**
 * A project with a realistic schema and `count` test files of five tests, which also pass without isolation.
 */
export function suiteFiles(count: number): Record<string, string> {
	const names = Array.from({ length: count }, (_, index) => `test/file-${index + 1}.test.js`);
	return {
		'package.json': '{ "type": "module" }',
		...migrations,
		...Object.fromEntries(names.map((name) => [name, testFile])),
	};
}

export const testsPerFile = 5;

const migrations = {
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

const testFile = `
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { test } from './way.js';

async function customer(sql) {
	const [row] = await sql\`
		INSERT INTO customer (email, name) VALUES (\${randomUUID()}, 'Ada') RETURNING id, email\`;
	return row;
}

async function product(sql, price) {
	const [row] = await sql\`INSERT INTO product (sku, price) VALUES (\${randomUUID()}, \${price}) RETURNING id\`;
	return row;
}

test('a customer is found by email', async ({ sql }) => {
	const { id, email } = await customer(sql);
	expect(await sql\`SELECT id, name FROM customer WHERE email = \${email}\`).toEqual([{ id, name: 'Ada' }]);
});

test('an email is taken once', async ({ sql }) => {
	const { email } = await customer(sql);
	const again = sql.begin((sql) => sql\`INSERT INTO customer (email, name) VALUES (\${email}, 'Eve')\`);
	await expect(again).rejects.toMatchObject({ code: '23505' });
	expect(await sql\`SELECT name FROM customer WHERE email = \${email}\`).toEqual([{ name: 'Ada' }]);
});

test('a purchase has the total of its lines', async ({ sql }) => {
	const { id: customerId } = await customer(sql);
	const { id: pen } = await product(sql, 2.5);
	const { id: ink } = await product(sql, 8);
	const purchaseId = await sql.begin(async (sql) => {
		const [{ id }] = await sql\`INSERT INTO purchase (customer_id) VALUES (\${customerId}) RETURNING id\`;
		const lines = [
			{ purchase_id: id, product_id: pen, quantity: 4 },
			{ purchase_id: id, product_id: ink, quantity: 1 },
		];
		await sql\`INSERT INTO purchase_line \${sql(lines)}\`;
		return id;
	});
	const [{ total }] = await sql\`SELECT total FROM purchase_total WHERE purchase_id = \${purchaseId}\`;
	expect(Number(total)).toBe(18);
});

test('a price can be changed', async ({ sql }) => {
	const { id } = await product(sql, 3);
	await sql\`UPDATE product SET price = price * 2 WHERE id = \${id}\`;
	const [{ price }] = await sql\`SELECT price FROM product WHERE id = \${id}\`;
	expect(Number(price)).toBe(6);
});

test('the purchases of a customer are listed in their order', async ({ sql }) => {
	const { id } = await customer(sql);
	for (const _ of [1, 2, 3]) await sql\`INSERT INTO purchase (customer_id) VALUES (\${id})\`;
	const rows = await sql\`SELECT id FROM purchase WHERE customer_id = \${id} ORDER BY id DESC\`;
	expect(rows).toHaveLength(3);
	expect(rows.toSorted((a, b) => Number(b.id) - Number(a.id))).toEqual([...rows]);
});
`;
