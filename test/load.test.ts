import { type PreparedServer, withClient } from 'slipway';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations, startService } from './helpers/service-process.ts';
import { visit } from './helpers/visitors.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

test('100,000 visits over 64 connections see each number from 1 to 100,000 once, and the table holds the last', async () => {
	await using service = await startService(server.app);
	let asked = 0;
	const { visits, done } = visit(service.address, 64, () => asked++ < 100_000);
	await done;
	const { numbers, refusals, unanswered } = visits;
	expect({ refusals, unanswered }).toEqual({ refusals: [], unanswered: 0 });
	const seen = new Uint8Array(100_001);
	for (const number of numbers) seen[number] = (seen[number] ?? 0) + 1;
	expect(numbers).toHaveLength(100_000);
	expect(seen.subarray(1).every((times) => times === 1)).toBe(true);
	const [row] = await withClient(server.app, (sql) => sql`SELECT value FROM counter WHERE name = 'visits'`);
	expect(row?.value).toBe('100000');
});
