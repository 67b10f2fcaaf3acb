import { rmSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { readSchema } from '../common/up-migrations.js';

/** Each test restores this dump. */
export default async function setup() {
	const pglite = await PGlite.create();
	await pglite.exec(readSchema());
	await pglite.exec('CHECKPOINT'); // A dump contains the WAL.
	const dump = await pglite.dumpDataDir('none');
	await pglite.close();
	writeFileSync('pglite.tar', Buffer.from(await dump.arrayBuffer()));
	return () => rmSync('pglite.tar');
}
