// Copied for each test file of the suite. The tests pass with every way of isolation, and without any.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import conditions from '../conditions.json' with { type: 'json' };
import { test } from '../ways/current.js';

/** Each test file reads from one of the tables. */
const fileNumber = Number(/(\d+)\.test/.exec(import.meta.filename)?.[1]);
const seededTable = conditions.seeded[fileNumber % conditions.seeded.length];

async function createCustomer(db) {
	const insert = 'INSERT INTO customer (email, name) VALUES ($1, $2) RETURNING id, email';
	const [customer] = await db.query(insert, [randomUUID(), 'Ada']);
	return customer;
}

async function createProduct(db, price) {
	const insert = 'INSERT INTO product (sku, price) VALUES ($1, $2) RETURNING id';
	const [product] = await db.query(insert, [randomUUID(), price]);
	return product;
}

test('a customer and a seeded row are found', async ({ db }) => {
	const { id, email } = await createCustomer(db);
	expect(await db.query('SELECT id, name FROM customer WHERE email = $1', [email])).toEqual([
		{ id, name: 'Ada' },
	]);
	if (seededTable === undefined) return;
	const rows = await db.query(`SELECT name FROM ${seededTable} WHERE name = $1`, ['seed 7']);
	expect(rows).toEqual([{ name: 'seed 7' }]);
});

test('an email is taken once', async ({ db }) => {
	const { email } = await createCustomer(db);
	const again = db.begin((tx) =>
		tx.query('INSERT INTO customer (email, name) VALUES ($1, $2)', [email, 'Eve']),
	);
	await expect(again).rejects.toMatchObject({ code: '23505' });
	expect(await db.query('SELECT name FROM customer WHERE email = $1', [email])).toEqual([{ name: 'Ada' }]);
});

test('a purchase has the total of its lines', async ({ db }) => {
	const customer = await createCustomer(db);
	const [pen, ink] = [await createProduct(db, 2.5), await createProduct(db, 8)];
	const id = await db.begin(async (tx) => {
		const insert = 'INSERT INTO purchase (customer_id) VALUES ($1) RETURNING id';
		const [purchase] = await tx.query(insert, [customer.id]);
		await tx.query(
			'INSERT INTO purchase_line (purchase_id, product_id, quantity) VALUES ($1, $2, 4), ($1, $3, 1)',
			[purchase.id, pen.id, ink.id],
		);
		return purchase.id;
	});
	const [row] = await db.query('SELECT total FROM purchase_total WHERE purchase_id = $1', [id]);
	expect(Number(row.total)).toBe(18);
});

test('a price can be changed', async ({ db }) => {
	const { id } = await createProduct(db, 3);
	await db.query('UPDATE product SET price = price * 2 WHERE id = $1', [id]);
	const [{ price }] = await db.query('SELECT price FROM product WHERE id = $1', [id]);
	expect(Number(price)).toBe(6);
});

test('the purchases of a customer are listed in their order', async ({ db }) => {
	const { id } = await createCustomer(db);
	for (const _ of [1, 2, 3]) await db.query('INSERT INTO purchase (customer_id) VALUES ($1)', [id]);
	const rows = await db.query('SELECT id FROM purchase WHERE customer_id = $1 ORDER BY id DESC', [id]);
	expect(rows).toHaveLength(3);
	expect(rows.toSorted((a, b) => Number(b.id) - Number(a.id))).toEqual([...rows]);
});
