import { type Connection, withClient } from 'slipway';
import { eventually } from 'slipway/test-helpers/eventually';
import { signalServer } from 'slipway/test-helpers/signal-server';
import { type ReplicatedServer, replicateSynchronously, startReplicated } from 'slipway/test-helpers/standby';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCounters, openDatabase, openFlushingDatabase } from '../src/index.ts';
import { migrations, type ServiceProcess, startService } from './helpers/service-process.ts';
import { expectUniqueNumbers } from './helpers/unique-numbers.ts';
import { visit } from './helpers/visitors.ts';

const database = {
	name: 'app',
	owner: 'app_owner',
	migrator: { username: 'app_migrator', password: 'for the migrator' },
	app: { username: 'app_user', password: 'for the app' },
};

let servers: ReplicatedServer;
let several: NodeJS.ProcessEnv;
beforeAll(async () => {
	servers = await startReplicated({ migrations, database });
	const { primary, standby } = servers;
	// The standby comes first.
	several = { DB_HOST: '127.0.0.1,127.0.0.1', DB_PORT: `${standby.admin.port},${primary.admin.port}` };
});
afterAll(() => servers[Symbol.asyncDispose]());

async function readCount({ address }: ServiceProcess): Promise<number> {
	const response = await fetch(`${address}api/counter`);
	return ((await response.json()) as { count: number }).count;
}

const asStandbyAdmin = (statement: string) =>
	withClient(servers.standby.admin, (sql) => sql.unsafe(statement));

test('with DB_READ_URL, the chart is read on a replica, and no page shows an older number than that of its hit', async () => {
	const DB_READ_URL = `postgres://127.0.0.1:${servers.standby.admin.port}`;
	await using service = await startService(servers.primary.app, { ...several, DB_READ_URL });
	expect(await (await fetch(`${service.address}readyz`)).json()).toEqual({ ready: true });
	// The replica stays behind.
	await asStandbyAdmin('SELECT pg_wal_replay_pause()');
	const hit = /<h1>Counter: (\d+)<\/h1>/.exec(await (await fetch(service.address)).text())?.[1];
	expect(await readCount(service)).toBe(Number(hit));
	const [, first] = /event: count\ndata: (\d+)/.exec(await firstEvents(service)) ?? [];
	expect(first).toBe(hit);
	// Others ask the replica only what it is.
	const sessions = () => asStandbyAdmin(`SELECT FROM pg_stat_activity WHERE usename = 'app_user'`);
	await eventually(async () => (await sessions()).length === 1);
	await asStandbyAdmin('SELECT pg_wal_replay_resume()');
});

/** The events of a new page, up to its first chart. */
async function firstEvents({ address }: ServiceProcess): Promise<string> {
	const page = new AbortController();
	const { body } = await fetch(`${address}api/counter/events`, { signal: page.signal });
	let received = '';
	for await (const chunk of body ?? []) {
		received += new TextDecoder().decode(chunk);
		if (received.includes('event: chart')) break;
	}
	page.abort();
	return received;
}

test('while no replica answers, pages have no chart, and everything else works', async () => {
	await using service = await startService(servers.primary.app, {
		...several,
		DB_READ_URL: 'postgres://127.0.0.1:1',
	});
	expect(await (await fetch(`${service.address}readyz`)).json()).toEqual({ ready: true });
	const page = await (await fetch(service.address)).text();
	expect(page).toMatch(/<h1>Counter: \d+<\/h1>/);
	expect(page).toContain('There are no figures at the moment.');
});

test('numbers are not read on a standby, which may be behind', async () => {
	const { host, port } = servers.standby.admin;
	const standby = { ...servers.primary.app, host, port };
	await using reading = openDatabase(standby, { maxConnections: 1 });
	await using writing = openFlushingDatabase(servers.primary.app);
	const counters = openCounters({ reading, writing });
	await counters.hit('visits');
	await withClient(standby, (sql) =>
		eventually(async () => (await sql`SELECT FROM counter WHERE value > 0`).length > 0),
	);
	const refused = { message: expect.stringContaining('recovery is in progress') };
	await expect(counters.read('visits')).rejects.toMatchObject(refused);
	await expect(counters.list('', 10)).rejects.toMatchObject(refused);
});

test('when the standby is promoted under load after the primary was killed, the service goes on there, and no number is lost or shown twice', async () => {
	await replicateSynchronously(servers);
	await using service = await startService(servers.primary.app, several);
	let wanted = true;
	const { visits, done } = visit(service.address, 16, () => wanted);
	await eventually(() => visits.numbers.length > 500);
	await signalServer(servers.primary.admin, 'SIGKILL');
	await eventually(() => visits.refusals.length > 32);
	expect(await asStandbyAdmin('SELECT pg_promote()')).toEqual([{ pg_promote: true }]);
	const before = visits.numbers.length;
	await eventually(() => visits.numbers.length > before + 500);
	wanted = false;
	await done;

	const promoted: Connection = { ...servers.standby.admin, ...database.app, database: database.name };
	await expectUniqueNumbers(visits, promoted);
});
