import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unpackedOf } from '../../../src/postgres/embedded/unpacked-snapshot.ts';
import { snapshotWay } from '../../../src/postgres/index.ts';
import { projectRoot } from '../../helpers/child-process.ts';
import { OwnSnapshots, tablesOf } from '../snapshots/own-snapshots.ts';
import { heldServer, mountsOf } from './held-server.ts';

const describeMounted = describe.runIf((await snapshotWay(projectRoot)).way === 'mount');

const archiveOf = (own: OwnSnapshots) => join(own.snapshots, own.files()[0] ?? '');

async function startAndStop(own: OwnSnapshots): Promise<void> {
	await using server = await own.start();
	expect(await tablesOf(server)).toEqual(['fruit']);
}

describeMounted('an unpacked snapshot', () => {
	const data = (unpacked: string, name: string) => join(unpacked, 'cluster/data', name);
	test.each([
		['a file was changed', (unpacked: string) => flip(data(unpacked, 'global/1262'))],
		['a file was appended to', (unpacked: string) => appendFileSync(data(unpacked, 'postgresql.conf'), '\n')],
		['a file was removed', (unpacked: string) => rmSync(data(unpacked, 'global/pg_filenode.map'))],
		['a file was added', (unpacked: string) => writeFileSync(data(unpacked, 'base/1/9999'), '')],
		['the password was removed', (unpacked: string) => rmSync(join(unpacked, 'cluster/superuser-password'))],
		['all data was removed', (unpacked: string) => rmSync(join(unpacked, 'cluster'), { recursive: true })],
		[
			'the record of its state was emptied',
			(unpacked: string) => writeFileSync(join(unpacked, 'state.json'), ''),
		],
		['the lock was removed', (unpacked: string) => rmSync(join(unpacked, 'in-use'))],
	])('is made again if %s', async (_, change) => {
		const own = new OwnSnapshots();
		await startAndStop(own);
		const unpacked = unpackedOf(archiveOf(own));
		change(unpacked);
		await startAndStop(own);
		await startAndStop(own);
		expect(existsSync(data(unpacked, 'global/pg_filenode.map'))).toBe(true);
		expect(existsSync(data(unpacked, 'base/1/9999'))).toBe(false);
	});

	test('is made from the archive if a cache restored only that', async () => {
		const own = new OwnSnapshots();
		await startAndStop(own);
		rmSync(`${own.snapshots}-unpacked`, { recursive: true });
		const { postmaster } = await heldServer(own);
		expect(mountsOf(postmaster)).toContain(' overlay ');
	});
});

function flip(file: string): void {
	const bytes = readFileSync(file);
	bytes.writeUInt8(bytes.readUInt8(100) ^ 0xff, 100);
	writeFileSync(file, bytes);
}
