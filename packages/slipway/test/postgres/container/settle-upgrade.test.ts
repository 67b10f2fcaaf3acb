import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
	listClusters,
	publishUpgrade,
	settleUpgrade,
} from '../../../src/postgres/container/settle-upgrade.ts';
import { volumeError } from '../../../src/stack/index.ts';
import { runProcess } from '../../helpers/child-process.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** A volume whose data was copied to PostgreSQL 18 in the folder "upgrade". */
function volumeWith(files: readonly string[]): string {
	const volume = temporaryDirectory();
	for (const file of [...files, 'upgrade/18/docker/PG_VERSION', 'upgrade/18/docker/base/1']) {
		mkdirSync(dirname(join(volume, file)), { recursive: true });
		writeFileSync(join(volume, file), file.includes('18') ? '18\n' : '17\n');
	}
	return volume;
}

const filesIn = (volume: string) =>
	readdirSync(volume, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => join(parentPath, name).slice(volume.length + 1))
		.toSorted();

const versionsIn = (list: string) =>
	[...list.matchAll(/^cluster (\d+)/gm)].map(([, version]) => version).toSorted();

/** A folder with an `mv` that fails when it is called the `limit`th time, after it has moved if `late`. */
function failingMove(limit: number, late: boolean): string {
	const folder = temporaryDirectory();
	const count = `echo >>${folder}/calls; fails() { [ $(wc -l <${folder}/calls) -ge ${limit} ]; }`;
	const script = `#!/bin/sh\n${count}\n${late ? '/bin/mv "$@" && ! fails' : 'fails || exec /bin/mv "$@"; exit 1'}\n`;
	writeFileSync(join(folder, 'mv'), script);
	chmodSync(join(folder, 'mv'), 0o755);
	return folder;
}

// The script runs in containers, so it may use what only Linux has.
test.runIf(process.platform === 'linux').each([
	['at the top level, as of images before 18', ''],
	['in data', 'data/'],
	['in the folder of its version', '17/docker/'],
])(
	'an upgrade that ends between any two of its last steps is completed, with the old data %s',
	async (_, old) => {
		const original = ['PG_VERSION', 'base/1', 'postgresql.conf'].map((file) => `${old}${file}`);
		const run = (script: string, volume: string, path: string) =>
			runProcess('sh', ['-ec', script], { cwd: volume, env: { PATH: `${path}:/usr/bin:/bin` } });
		for (const late of [false, true])
			for (let limit = 1, interrupted = true; interrupted; limit++) {
				const volume = volumeWith(original);
				interrupted = (await run(publishUpgrade, volume, failingMove(limit, late))).status !== 0;
				// No server starts where its data is not yet.
				const refused = volumeError({ name: 'db', image: 'postgres:18', entries: readdirSync(volume) });
				expect(refused === undefined).toBe(existsSync(join(volume, '18/docker/PG_VERSION')));
				const { stdout: before } = await run(listClusters, volume, '');
				expect(await run(settleUpgrade, volume, '')).toMatchObject({ status: 0, stderr: '' });
				const { stdout: after } = await run(listClusters, volume, '');
				expect(versionsIn(before)).toEqual(versionsIn(after));
				// Either the old version goes on, with all of its data, or the later one has its place.
				if (!existsSync(join(volume, '18/docker'))) {
					expect(filesIn(volume)).toEqual(expect.arrayContaining(original));
					expect(await run(publishUpgrade, volume, '')).toMatchObject({ status: 0, stderr: '' });
				}
				expect(filesIn(volume)).toEqual([
					'17/docker/PG_VERSION',
					'17/docker/base/1',
					'17/docker/postgresql.conf',
					'18/docker/PG_VERSION',
					'18/docker/base/1',
				]);
				expect(readFileSync(join(volume, '17/docker/PG_VERSION'), 'utf8')).toBe('17\n');
			}
	},
);

test('data that was moved away counts no more', async () => {
	const volume = volumeWith(['PG_VERSION', '17/docker/PG_VERSION', '18-old/docker/PG_VERSION']);
	const { stdout } = await runProcess('sh', ['-ec', listClusters], { cwd: volume });
	expect(stdout).toBe('cluster 17 .\ncluster 17 17/docker\n');
});
