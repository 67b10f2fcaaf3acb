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
const runs = Number(process.env.SLIPWAY_KILL_RUNS ?? 9);
const operations = ['save', 'restore', 'branch'] as const;

test(`a save, a restore or a new branch killed at any moment leaves the old or the new data, ${runs} times`, {
	timeout: 60_000 + runs * 10_000,
}, async () => {
	await using server = await startTestServer();
	const { settings, app, migrator } = await ownDatabase(server);
	const withData = <T>(use: Parameters<typeof withDevData<T>>[3]) =>
		withDevData(server.admin, settings.name, settings, use);
	const write = (text: string) => withClient(app, (sql) => sql`UPDATE note SET text = ${text}`);
	const read = (database = settings.name) =>
		withClient(
			{ ...app, database },
			async (sql) => (await sql<[{ text: string }]>`SELECT text FROM note`)[0].text,
		);
	const restore = () =>
		withData(async (data) => copyOver(data, (await requireState(data, 'one')).name, settings.name));
	await withClient(migrator, (sql) =>
		sql.unsafe("CREATE TABLE note (text text); INSERT INTO note VALUES ('0')"),
	);
	await withData((data) => saveState(data, settings.name, 'one'));

	const start = (operation: string, label: string) =>
		startProcess(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), operation, label], {
			env: { KILL_TARGET: JSON.stringify({ admin: server.admin, settings }) },
		});
	/** Milliseconds that an operation takes here. The first branch gets the database that there is. */
	let time = 0;
	for (const operation of ['branch', 'restore']) {
		const child = start(operation, '0');
		await child.printed('begins');
		const since = performance.now();
		expect(await child.finished).toMatchObject({ status: 0 });
		time = performance.now() - since;
	}

	let saved = '0';
	const ends = { killed: 0, finished: 0 };
	for (let run = 1; run <= runs; run++) {
		const operation = operations[run % operations.length] ?? 'save';
		await write(String(run));
		const child = start(operation, String(run));
		await child.printed('begins');
		await sleep(randomInt(Math.ceil(time)));
		child.child.kill('SIGKILL');
		const { stdout } = await child.finished;
		ends[stdout.includes('ended') ? 'finished' : 'killed']++;

		const databases = await withData(({ sql, project }) => listDatabases(sql, project));
		const found = await read();
		expect(operation === 'restore' ? [String(run), saved] : [String(run)]).toContain(found);
		const branch = databases.find(({ note }) => note?.kind === 'branch' && note.branch === `of ${run}`);
		if (branch !== undefined) expect(await read(branch.name)).toBe(String(run));
		await restore();
		const state = await read();
		expect(operation === 'save' ? [String(run), saved] : [saved]).toContain(state);
		saved = state;
		expect(databases.filter(({ note }) => note?.kind === 'state')).toHaveLength(1);
		const others = await withClient(
			server.admin,
			(sql) => sql`SELECT datname FROM pg_database WHERE datname LIKE 'slipway_tmp%'`,
		);
		expect(others).toEqual([]);
	}
	expect(ends.killed).toBeGreaterThan(0);
});
