import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { removeUnused } from '../../../src/postgres/embedded/in-use.ts';
import { unpackedOf } from '../../../src/postgres/embedded/unpacked-snapshot.ts';
import { snapshotWay } from '../../../src/postgres/index.ts';
import { isRunning } from '../../../src/postgres/process-identity.ts';
import type { StartPostgresOptions } from '../../../src/start-postgres.ts';
import { projectRoot, type RunningChild } from '../../helpers/child-process.ts';
import { eventually } from '../../helpers/eventually.ts';
import { OwnSnapshots } from '../snapshots/own-snapshots.ts';
import { heldServer, mountsOf } from './held-server.ts';

const describeMounted = describe.runIf((await snapshotWay(projectRoot)).way === 'mount');

const archiveOf = (own: OwnSnapshots) => join(own.snapshots, own.files()[0] ?? '');
const sizeOf = (folder: string) =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => statSync(join(folder, name)).size)
		.reduce((sum, size) => sum + size, 0);

/** Starts a server, adds a row, and resolves with the rows of the next one. */
async function rowsAfter(own: OwnSnapshots, options?: StartPostgresOptions): Promise<readonly unknown[]> {
	await using server = await own.start(options);
	return await withClient(server.app, (sql) => sql`SELECT * FROM fruit`);
}

describeMounted('a server from a snapshot', () => {
	test('mounts it where no other process sees it, and copies little of it', async () => {
		const own = new OwnSnapshots();
		const { folder, data, postmaster } = await heldServer(own);
		expect(mountsOf(postmaster)).toContain(` ${data} overlay `);
		expect(mountsOf('self')).not.toContain(own.folder);
		expect(readlinkSync(join(folder, 'snapshot'))).toBe(unpackedOf(archiveOf(own)));
		expect(sizeOf(data)).toBeLessThan(sizeOf(unpackedOf(archiveOf(own))) / 3);
	});

	test('writes nothing to it', async () => {
		const own = new OwnSnapshots();
		await rowsAfter(own);
		await using server = await own.start();
		await withClient({ ...server.admin, database: 'app' }, async (sql) => {
			await sql`INSERT INTO fruit VALUES ('apple')`;
			await sql`VACUUM FULL`;
			await sql`CREATE DATABASE clone TEMPLATE template1`;
			await sql`ALTER SYSTEM SET work_mem = '5MB'`;
			await sql`CHECKPOINT`;
			await sql`DROP DATABASE clone`;
			await sql`DROP TABLE fruit`;
		});
		expect(await rowsAfter(own)).toEqual([]);
		expect(readdirSync(`${own.snapshots}-unpacked`).filter((name) => name.includes('.unfinished'))).toEqual(
			[],
		);
	});

	test('unpacks it if it contains a replication slot, which could not be dropped from a mount', async () => {
		const own = new OwnSnapshots();
		const options = {
			replication: true,
			seed: "SELECT pg_create_physical_replication_slot('slot')",
			roles: false,
		} as const;
		await rowsAfter(own, options);
		await using server = await own.start(options);
		await withClient(server.admin, (sql) => sql`SELECT pg_drop_replication_slot('slot')`);
	});

	test.each([
		['the process that started it', ({ holder }: Held) => [holder.pid]],
		['its supervisor', ({ postmaster }: Held) => [parentOf(postmaster)]],
		['PostgreSQL', ({ postmaster }: Held) => [postmaster]],
		['all of them', ({ holder, postmaster }: Held) => [holder.pid, -sessionOf(postmaster)]],
	])('leaves no mount, process or file if SIGKILL ends %s', async (_, victims) => {
		const own = new OwnSnapshots();
		const held = await heldServer(own);
		const unpacked = unpackedOf(archiveOf(own));
		for (const pid of victims(held)) process.kill(pid, 'SIGKILL');
		held.holder.child.kill('SIGKILL');
		await held.holder.finished;
		await eventually(() => !isRunning(held.postmaster));
		// What their supervisor cannot remove any more is removed by the next start.
		const next = await own.startProcess().finished;
		expect(next.stdout, next.stderr).toMatch(/^from \d+\n$/);
		await eventually(() => own.servers().length === 0);
		expect(mountsOf('self')).not.toContain(own.folder);
		await eventually(() => removeUnused(unpacked));
	});

	test('keeps it: a snapshot in use is not removed', async () => {
		const own = new OwnSnapshots();
		const { holder } = await heldServer(own);
		const unpacked = unpackedOf(archiveOf(own));
		expect(removeUnused(unpacked)).toBe(false);
		holder.child.kill('SIGKILL');
		await holder.finished;
		await eventually(() => removeUnused(unpacked));
		expect(existsSync(unpacked)).toBe(false);
	});
});

interface Held {
	readonly holder: RunningChild;
	readonly postmaster: number;
}

const statOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ');
const parentOf = (pid: number) => Number(statOf(pid)[3]);
const sessionOf = (pid: number) => Number(statOf(pid)[5]);
