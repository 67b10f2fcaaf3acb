import { setTimeout as sleep } from 'node:timers/promises';
import { type PreparedServer, withClient } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { countWaiting, takeStandbyAway } from 'slipway/test-helpers/synchronous-standby';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openCounters, openDatabase, openFlushingDatabase } from '../../src/index.ts';
import { migrations } from '../helpers/service-process.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations, replication: true });
});
afterAll(() => server[Symbol.asyncDispose]());

/** Milliseconds after which a database that has failed is asked again. */
const longestPause = 500;

function open() {
	const writing = openFlushingDatabase(server.app);
	const reading = openDatabase(server.app, { maxConnections: 1 });
	onTestFinished(async () => {
		await writing[Symbol.asyncDispose]();
		await reading[Symbol.asyncDispose]();
	});
	return openCounters({ writing, reading });
}

test('while the synchronous standby is away, processes show no number to anybody, and take up few sessions', async () => {
	const [one, other, reader, lister] = [open(), open(), open(), open()];
	const standby = await takeStandbyAway(server.admin);
	try {
		// The row is free for the second hit although the first one waits.
		const hits = Promise.allSettled([one.hit('held', 1, 'key'), other.hit('held', 5)]);
		await eventually(async () => (await storedValue('held')) === '6');
		const others = Promise.allSettled([
			open().hit('held', 1, 'key'),
			reader.read('held'),
			lister.list('', 10),
		]);
		const shown = [...(await hits), ...(await others)];
		for (const result of shown)
			expect(result).toMatchObject({ status: 'rejected', reason: { code: 'no-answer' } });
		const waiting = await countWaiting(server.admin, server.app.username);
		expect(waiting).toBe(shown.length);
		// Each has a session that waits, and opens no other one for the next requests.
		for (let attempt = 0; attempt < 3; attempt++) {
			await expect(other.hit('held', 5)).rejects.toMatchObject({ code: 'standby-away' });
			await expect(reader.read('held')).rejects.toMatchObject({ code: 'standby-away' });
			await sleep(longestPause);
		}
		expect(await countWaiting(server.admin, server.app.username)).toBe(waiting);
		expect(await storedValue('held')).toBe('6');
	} finally {
		await standby[Symbol.asyncDispose]();
	}
	await eventually(async () => (await reader.read('held').catch(() => undefined)) === 6n);
	expect([1n, 6n]).toContain(await open().hit('held', 1, 'key'));
	expect(await open().hit('held')).toBe(7n);
});

/** Reads the table without waiting for the standby. */
async function storedValue(name: string): Promise<unknown> {
	return await withClient(
		server.app,
		async (sql) => (await sql`SELECT value FROM counter WHERE name = ${name}`)[0]?.value,
	);
}
