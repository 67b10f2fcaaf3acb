import { expect, test, vi } from 'vitest';
import { groupNames, pool, post } from './app.ts';

test('only one of many concurrent requests for a name succeeds', async () => {
	const responses = await Promise.all(Array.from({ length: 30 }, () => post('planning')));
	const statuses = responses.map(({ status }) => status).toSorted();
	expect(statuses).toEqual([201, ...Array(29).fill(409)]);
	expect(await groupNames()).toEqual(['planning', 'seeded']);
});

test.each([
	{ end: 'COMMIT', status: 409 },
	{ end: 'ROLLBACK', status: 201 },
])(
	'a request waits for a transaction that inserts the same name, and gets $status after its $end',
	async ({ end, status }) => {
		const other = await pool.connect();
		await other.query('BEGIN');
		await other.query('INSERT INTO estimation_group (name) VALUES ($1)', [end]);
		const response = post(end);
		await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 10_000 });
		await other.query(end);
		other.release();
		expect((await response).status).toBe(status);
	},
);

async function waiting(): Promise<number | null> {
	const { rowCount } = await pool.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
	return rowCount;
}
