import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
import { type PostgresServer, startEmbedded } from '../../../src/postgres/index.ts';
import { type RunningChild, startProcess } from '../../helpers/child-process.ts';
import { ownDatabase } from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** The more, the more places it is killed at. */
const runs = Number(process.env.SLIPWAY_KILL_RUNS ?? 9);
const operations = ['save', 'restore', 'branch'] as const;

/** A server, and how an operation on it is interrupted. */
interface Interrupted extends AsyncDisposable {
	server: PostgresServer;
	/** Kills, waits until the operation has ended, and makes sure that the server runs. */
	interrupt(operation: RunningChild): Promise<void>;
}

const victims: Record<string, () => Promise<Interrupted>> = {
	'the command': async () => {
		const server = await startTestServer();
		return {
			server,
			interrupt: async ({ child, finished }) => {
				child.kill('SIGKILL');
				await finished;
			},
			[Symbol.asyncDispose]: () => server.stop(),
		};
	},
	PostgreSQL: async () => {
		const directory = temporaryDirectory();
		const start = () => startEmbedded({ directory, command: 'the test' });
		const postmaster = join(directory, 'cluster/data/postmaster.pid');
		const interrupted: Interrupted = {
			server: await start(),
			interrupt: async ({ finished }) => {
				process.kill(Number(readFileSync(postmaster, 'utf8').split('\n')[0]), 'SIGKILL');
				await finished;
				await interrupted.server.stop();
				interrupted.server = await start();
			},
			[Symbol.asyncDispose]: () => interrupted.server.stop(),
		};
		return interrupted;
	},
};

test.each(Object.entries(victims))(
	`a save, a restore or a new branch leaves the old or the new data if %s is killed at any moment, ${runs} times`,
	{
		timeout: 600_000 + runs * 20_000,
	},
	async (_, begin) => {
		await using interrupted = await begin();
		const { server } = interrupted;
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
			// The first kill comes early enough even if the others are faster.
			await sleep(randomInt(Math.ceil(run === 1 ? time / 10 : time)));
			await interrupted.interrupt(child);
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
	},
);
