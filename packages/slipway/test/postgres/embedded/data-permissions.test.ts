import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { checkPermissions } from '../../../src/postgres/embedded/data-permissions.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('files that a stopping server removes during the check cause no error', async () => {
	const cluster = join(temporaryDirectory(), 'cluster');
	mkdirSync(join(cluster, 'data/base'), { recursive: true, mode: 0o700 });
	const server = new Worker(
		`const { rmSync, writeFileSync } = require('node:fs');
		const { parentPort, workerData } = require('node:worker_threads');
		for (let times = 0; ; times += 1) {
			writeFileSync(workerData, '', { mode: 0o600 });
			rmSync(workerData);
			if (times === 100) parentPort.postMessage('busy');
		}`,
		{ eval: true, workerData: join(cluster, 'data/postmaster.pid') },
	);
	onTestFinished(async () => void (await server.terminate()));
	await once(server, 'message');
	for (let times = 0; times < 20_000; times += 1) checkPermissions(cluster);
	chmodSync(join(cluster, 'data'), 0o755);
	expect(() => checkPermissions(cluster)).toThrow('whose mode is 0755');
});
