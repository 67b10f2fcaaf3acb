import { truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { temporaryFolder } from '../../../src/postgres/index.ts';
import { OwnSnapshots } from '../snapshots/own-snapshots.ts';

const large = 65 * 1024 ** 2;

/** Where a server from the snapshot has its folder. */
async function parentFolder(own: OwnSnapshots): Promise<string> {
	await using server = await own.start({ provider: 'embedded' });
	const [row] = await withClient(
		server.admin,
		(sql) => sql<[{ log: string }]>`SELECT current_setting('slipway.log') AS log`,
	);
	return dirname(dirname(row.log));
}

test('a server from a large snapshot has its files on disk', async () => {
	const own = new OwnSnapshots();
	expect(await parentFolder(own)).toBe(temporaryFolder());
	// What comes after the end of an archive is ignored.
	truncateSync(join(own.snapshots, own.files()[0] ?? ''), large);
	expect(await parentFolder(own)).toBe(temporaryFolder(large));
});
