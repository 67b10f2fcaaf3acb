import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { superuserConnection } from '../../../src/postgres/embedded/cluster.ts';
import { eventually } from '../../helpers/eventually.ts';
import { lossCodes } from '../../helpers/lost-connection.ts';
import { identityOf, OwnSnapshots, tablesOf } from './own-snapshots.ts';
import { testSnapshots } from './snapshot-conformance.ts';

describe('a server from a snapshot', () => {
	testSnapshots(() => new OwnSnapshots());

	test('can be cloned into further databases, from each of the templates', async () => {
		await using server = await new OwnSnapshots().start();
		await withClient(server.admin, async (sql) => {
			for (const template of ['template0', 'template1', 'app'])
				await sql.unsafe(`CREATE DATABASE from_${template} TEMPLATE ${template}`);
		});
		const clone = { ...server.admin, database: 'from_app' };
		expect(await withClient(clone, (sql) => sql`SELECT * FROM fruit`)).toEqual([]);
	});

	test('is not used with snapshots: false, or for a database that the caller names', async () => {
		const own = new OwnSnapshots();
		await using one = await own.start({ snapshots: false });
		await using other = await own.start({ snapshots: false });
		expect(await identityOf(one)).not.toBe(await identityOf(other));
	});
});

describe('the snapshot is created again', () => {
	test('from the last one if a migration is added', async () => {
		const own = new OwnSnapshots();
		await using before = await own.start();
		own.write(2, 'CREATE TABLE basket (id int)');
		await using after = await own.start();
		expect(await tablesOf(after)).toEqual(['basket', 'fruit']);
		expect(await identityOf(after)).toBe(await identityOf(before));
		expect(own.files()).toHaveLength(2);
	});

	test('from scratch if the first migration changes', async () => {
		const own = new OwnSnapshots();
		await using before = await own.start();
		own.write(1, 'CREATE TABLE fruit (name text PRIMARY KEY);');
		await using after = await own.start();
		expect(await identityOf(after)).not.toBe(await identityOf(before));
	});

	test('for each set of server settings, extensions and seeds; with seeds, from the one without', async () => {
		const own = new OwnSnapshots();
		await using plain = await own.start();
		await using larger = await own.start({ settings: { max_connections: '7' } });
		await using seeded = await own.start({ seed: "INSERT INTO fruit VALUES ('pear')" });
		const [setting] = await withClient(larger.admin, (sql) => sql`SHOW max_connections`);
		expect(setting).toEqual({ max_connections: '7' });
		expect(await identityOf(larger)).not.toBe(await identityOf(plain));
		expect(await withClient(seeded.app, (sql) => sql`SELECT * FROM fruit`)).toEqual([{ name: 'pear' }]);
		expect(await identityOf(seeded)).toBe(await identityOf(plain));
	});

	test('but not without seeds if the one with seeds came first, which keeps both', async () => {
		const own = new OwnSnapshots();
		await using seeded = await own.start({ seed: ["INSERT INTO fruit VALUES ('pear')"] });
		await using plain = await own.start();
		expect(own.files()).toHaveLength(2);
		expect(await identityOf(plain)).toBe(await identityOf(seeded));
	});
});

describe('several processes at once', () => {
	test('create one snapshot and all use it', async () => {
		const own = new OwnSnapshots();
		const ended = await Promise.all([1, 2, 3].map(() => own.startProcess().finished));
		expect(new Set(ended.map(({ stdout }) => stdout)).size).toBe(1);
		expect(ended[0]?.stdout).toMatch(/^from \d+\n$/);
		expect(own.files()).toHaveLength(1);
	});

	test('get the error of the one that they wait for, and the next one tries again', async () => {
		const own = new OwnSnapshots();
		own.write(
			2,
			`DO $$ BEGIN PERFORM pg_sleep(600);
			EXCEPTION WHEN query_canceled THEN RAISE EXCEPTION 'failed at %', clock_timestamp();
			END $$`,
		);
		const running = [1, 2, 3].map(() => own.startProcess());
		// The process that creates it has a server by now, and no longer names the lock.
		const waiting = () => own.processes().filter((words) => words.includes('/locks/')).length;
		await eventually(() => own.servers().length === 1 && waiting() === 2);
		await cancelMigration(own);
		const outputs = (await Promise.all(running.map(({ finished }) => finished))).map(({ stdout }) => stdout);
		expect(outputs[0]).toMatch(/^migration-failed: .*2_step\.sql:1:1: failed at /);
		expect(new Set(outputs).size).toBe(1);
		expect(own.files()).toEqual([]);
		own.write(2, 'CREATE TABLE basket (id int)');
		await using server = await own.start();
		expect(await tablesOf(server)).toEqual(['basket', 'fruit']);
	});

	test('do not keep an error for those that start later', async () => {
		const own = new OwnSnapshots();
		own.write(2, "DO $$ BEGIN RAISE EXCEPTION 'failed at %', clock_timestamp(); END $$");
		const failures = [await messageOf(own.start()), await messageOf(own.start())];
		expect(failures[0]).toContain('failed at');
		expect(failures[0]).not.toBe(failures[1]);
	});

	test.each([0.1, 0.3, 0.5, 0.7, 0.9])(
		'leave nothing that looks finished if they are killed (%f of the way)',
		async (share) => {
			const own = new OwnSnapshots();
			const { child, finished } = own.startProcess();
			await sleep(share * (800 + Math.random() * 400));
			child.kill('SIGKILL');
			await finished;
			const { stdout } = await own.startProcess().finished;
			expect(stdout).toMatch(/^from \d+\n$/);
			expect(own.files()).toHaveLength(1);
			await using server = await own.start();
			expect(await tablesOf(server)).toEqual(['fruit']);
			await eventually(() => own.processes().length === 0 || own.processes().every(isOfThisProcess));
		},
	);
});

/** Logs in to the one server that the processes have started, with the password from its files. */
async function cancelMigration(own: OwnSnapshots): Promise<void> {
	const read = (file: string) => readFileSync(join(own.folder, own.servers()[0] ?? '', file), 'utf8');
	await eventually(
		() => own.servers().length === 1 && existsSync(join(own.folder, own.servers()[0] ?? '', 'port')),
	);
	const admin = superuserConnection(Number(read('port')), read('cluster/superuser-password'));
	const sent = withClient(admin, async (sql) => {
		await eventually(async () => {
			const [row] =
				await sql`SELECT bool_or(pg_cancel_backend(pid)) AS sent FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
			return row?.sent === true;
		});
	});
	// The server ends when the migration fails, and the answer may be lost.
	await sent.catch((error) => expect(error.code).toMatch(lossCodes));
}

/** The servers that this process started are elsewhere: only the locks and the archives are in the folder. */
const isOfThisProcess = (words: string) => !words.includes('slipway-server-');

async function messageOf(attempt: Promise<unknown>): Promise<string> {
	return await attempt.then(
		() => 'no failure',
		({ message }: Error) => message,
	);
}
