import { type Connection, withClient } from 'slipway';
import { expect } from 'vitest';
import type { Visits } from './visitors.ts';

/**
 * After an outage of the database, whose app logs in as `app`: each request was answered, refusals said when to try again,
 * and no number was shown twice or lost.
 */
export async function expectUniqueNumbers(visits: Visits, app: Connection): Promise<void> {
	const { numbers, refusals, unanswered } = visits;
	expect(unanswered).toBe(0);
	expect(new Set(refusals.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(
		new Set(['503 1']),
	);
	expect(new Set(numbers).size).toBe(numbers.length);
	const [row] = await withClient(app, (sql) => sql`SELECT value FROM counter WHERE name = 'visits'`);
	expect(Number(row?.value)).toBeGreaterThanOrEqual(numbers.reduce((a, b) => Math.max(a, b)));
}
