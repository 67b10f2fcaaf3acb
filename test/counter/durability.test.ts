import { type PreparedServer, withClient } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { setSynchronousStandby } from 'slipway/test-helpers/synchronous-standby';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openCounters, openDatabase, openFlushingDatabase } from '../../src/index.ts';
import { migrations } from '../helpers/service-process.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations, replication: true });
});
afterAll(() => server[Symbol.asyncDispose]());

function open() {
	const writing = openFlushingDatabase(server.app);
	const reading = openDatabase(server.app, { maxConnections: 1 });
	onTestFinished(async () => {
		await writing[Symbol.asyncDispose]();
		await reading[Symbol.asyncDispose]();
	});
	return openCounters({ writing, reading });
}

test('processes count while the synchronous standby is away, and show no number to anybody until it has it', async () => {
	const [one, other, reader, lister] = [open(), open(), open(), open()];
	await setSynchronousStandby(server.admin, 'absent');
	try {
		// All run at once. The deadlines of the later ones end after both hits have been counted.
		const shown = [one.hit('held', 1, 'key'), other.hit('held', 5)];
		await eventually(async () => (await storedValue('held')) === '6');
		shown.push(open().hit('held', 1, 'key'));
		const read = [reader.read('held'), lister.list('', 10)];
		for (const result of await Promise.allSettled([...shown, ...read]))
			expect(result).toMatchObject({ status: 'rejected', reason: { code: 'no-answer' } });
	} finally {
		await setSynchronousStandby(server.admin, '');
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
