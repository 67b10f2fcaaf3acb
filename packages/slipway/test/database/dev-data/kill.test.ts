import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import {
	copyOver,
	listDatabases,
	requireState,
	saveState,
	withDevData,
} from '../../../src/database/dev-data/index.ts';
import { startProcess } from '../../helpers/child-process.ts';
import { ownDatabase } from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';

/** The more, the more places it is killed at. */
const runs = Number(process.env.SLIPWAY_KILL_RUNS ?? 10);

test(`a save or restore killed at any moment leaves the old or the new data, ${runs} times`, {
	timeout: 60_000 + runs * 10_000,
}, async () => {
	await using server = await startTestServer();
	const { settings, app, migrator } = await ownDatabase(server);
	const withData = <T>(use: Parameters<typeof withDevData<T>>[3]) =>
		withDevData(server.admin, settings.name, settings, use);
	const write = (text: string) => withClient(app, (sql) => sql`UPDATE note SET text = ${text}`);
	const read = () =>
		withClient(app, async (sql) => (await sql<[{ text: string }]>`SELECT text FROM note`)[0].text);
	const restore = () =>
		withData(async (data) => copyOver(data, (await requireState(data, 'one')).name, settings.name));
	await withClient(migrator, (sql) =>
		sql.unsafe("CREATE TABLE note (text text); INSERT INTO note VALUES ('0')"),
	);
	await withData((data) => saveState(data, settings.name, 'one'));

	let saved = '0';
	const ends = { killed: 0, finished: 0 };
	for (let run = 1; run <= runs; run++) {
		const operation = run % 2 === 0 ? 'restore' : 'save';
		await write(String(run));
		const child = startProcess(process.execPath, [
			join(import.meta.dirname, 'kill-child.ts'),
			operation,
			JSON.stringify({ admin: server.admin, settings }),
		]);
		await child.printed('begins');
		await sleep(randomInt(250));
		child.child.kill('SIGKILL');
		const { stdout } = await child.finished;
		ends[stdout.includes('ended') ? 'finished' : 'killed']++;

		const databases = await withData(({ sql, project }) => listDatabases(sql, project));
		const found = await read();
		expect(operation === 'save' ? [String(run)] : [String(run), saved]).toContain(found);
		await restore();
		const state = await read();
		expect(operation === 'save' ? [String(run), saved] : [saved]).toContain(state);
		saved = state;
		const kinds = databases.map(({ note }) => note?.kind ?? 'database');
		expect(kinds.filter((kind) => kind !== 'undo').toSorted()).toEqual(['database', 'state']);
		const others = await withClient(
			server.admin,
			(sql) => sql`SELECT datname FROM pg_database WHERE datname LIKE 'slipway_tmp%'`,
		);
		expect(others).toEqual([]);
	}
	expect(ends.killed).toBeGreaterThan(0);
});
