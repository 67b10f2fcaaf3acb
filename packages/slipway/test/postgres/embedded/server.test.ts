import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensureBinaries } from '../../../src/postgres/embedded/binaries.ts';
import { ensureCluster } from '../../../src/postgres/embedded/cluster.ts';
import { preparePrograms } from '../../../src/postgres/embedded/programs.ts';
import { startServer } from '../../../src/postgres/embedded/server.ts';
import { orderStop } from '../../../src/postgres/embedded/supervisor.ts';
import { freePort } from '../../helpers/free-port.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

async function takenPort(): Promise<number> {
	const squatter = createServer().listen(0, '127.0.0.1');
	await once(squatter, 'listening');
	onTestFinished(() => void squatter.close());
	return (squatter.address() as AddressInfo).port;
}

/** Resolves with a function that starts one temporary server on the given ports. */
async function temporaryServer() {
	const directory = join(temporaryDirectory(), 'server');
	mkdirSync(directory);
	const programs = await preparePrograms(await ensureBinaries(), directory, false);
	const { data } = await ensureCluster(directory, programs);
	return (ports: readonly number[]) => startServer({ directory, data }, programs, ports);
}

test('a temporary server also tries another port if one is in use', async () => {
	const start = await temporaryServer();
	const free = await freePort();
	const server = await start([await takenPort(), free]);
	expect(server.port).toBe(free);
	orderStop(server.supervisor, 1);
	await server.ended;
});

test('if every port is in use, the error contains the last failure', async () => {
	const start = await temporaryServer();
	await expect(start([await takenPort()])).rejects.toMatchObject({
		code: 'no-free-port',
		message: expect.stringContaining('could not bind IPv4 address "127.0.0.1": Address already in use'),
	});
});
