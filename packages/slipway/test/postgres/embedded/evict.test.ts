import { existsSync, readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evictSnapshots } from '../../../src/postgres/embedded/evict.ts';
import { unpackedOf } from '../../../src/postgres/embedded/unpacked-snapshot.ts';
import { snapshotWay } from '../../../src/postgres/index.ts';
import { projectRoot } from '../../helpers/child-process.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { OwnSnapshots, tablesOf } from '../snapshots/own-snapshots.ts';

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** Creates files of the given size, each used a minute before the previous one. */
function fill(folder: string, count: number, bytes: number, since = 60): void {
	for (let index = 0; index < count; index++) {
		const file = join(folder, `${String(index).padStart(3, '0')}.tar`);
		writeFileSync(file, '');
		truncateSync(file, bytes);
		utimesSync(file, minutesAgo(since + index), minutesAgo(since + index));
	}
}

test('if there are too many, the most recently used are kept', () => {
	const folder = temporaryDirectory();
	fill(folder, 30, 10);
	evictSnapshots(folder);
	const kept = readdirSync(folder).toSorted();
	expect(kept).toHaveLength(24);
	expect(kept.at(-1)).toBe('023.tar');
});

test('if they are too large together, the most recently used are kept', () => {
	const folder = temporaryDirectory();
	fill(folder, 5, 600 * 1024 ** 2); // sparse: they take no space
	evictSnapshots(folder);
	expect(readdirSync(folder).toSorted()).toEqual(['000.tar', '001.tar', '002.tar']);
});

test('none that was used within the last minute is evicted', () => {
	const folder = temporaryDirectory();
	fill(folder, 30, 10, 0);
	for (const name of readdirSync(folder)) utimesSync(join(folder, name), new Date(), new Date());
	evictSnapshots(folder);
	expect(readdirSync(folder)).toHaveLength(30);
});

test('what a killed process left is removed, but not what is being written', () => {
	const folder = temporaryDirectory();
	for (const name of ['old', 'new']) writeFileSync(join(folder, `${name}.tar.1234.unfinished`), '');
	utimesSync(join(folder, 'old.tar.1234.unfinished'), minutesAgo(11), minutesAgo(11));
	evictSnapshots(folder);
	expect(readdirSync(folder)).toEqual(['new.tar.1234.unfinished']);
});

test('starting from a snapshot counts as use', async () => {
	const own = new OwnSnapshots();
	await using _server = await own.start();
	const file = join(own.snapshots, own.files()[0] ?? '');
	utimesSync(file, minutesAgo(600), minutesAgo(600));
	await using _again = await own.start();
	fill(own.snapshots, 24, 10);
	evictSnapshots(own.snapshots);
	expect(existsSync(file)).toBe(true);
});

test('a server keeps running when snapshots are evicted, and its own is as long as it reads from it', async () => {
	const own = new OwnSnapshots();
	const server = await own.start();
	const file = join(own.snapshots, own.files()[0] ?? '');
	const evict = () => {
		utimesSync(file, minutesAgo(600), minutesAgo(600));
		fill(own.snapshots, 24, 10);
		evictSnapshots(own.snapshots);
	};
	evict();
	expect(existsSync(file)).toBe((await snapshotWay(projectRoot)).way === 'mount');
	expect(await tablesOf(server)).toEqual(['fruit']);
	await server.stop();
	evict();
	expect(existsSync(file)).toBe(false);
	expect(existsSync(unpackedOf(file))).toBe(false);
});
