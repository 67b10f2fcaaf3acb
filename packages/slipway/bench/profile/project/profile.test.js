// Copied for each test file. `mark` is global: preload.js sets it.
import { beforeEach, expect } from 'vitest';

mark('file');
const { test } = await import('../ways/current.js');
mark('imported');

beforeEach(() => mark('fixtures'));

test('a row is written and read', async ({ db }) => {
	mark('test');
	await db.query('SELECT count(*) FROM customer');
	mark('answered');
	const insert = 'INSERT INTO product (sku, price) VALUES ($1, 3) RETURNING price';
	const [row] = await db.query(insert, [import.meta.filename]);
	expect(Number(row.price)).toBe(3);
	mark('tested');
});
