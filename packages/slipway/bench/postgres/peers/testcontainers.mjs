import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { serverLabels } from '../../../src/postgres/container/labels.ts';
import { timed } from '../contender.ts';
import { answers } from './client.mjs';

// Its cleanup container needs another image. With these labels, our own cleanup removes the containers.
process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';

const startContainer = () => new PostgreSqlContainer('postgres:18').withLabels(serverLabels()).start();

/** @type {import('../contender.ts').Prepare} */
export async function prepareStart() {
	return timed(async () => {
		const container = await startContainer();
		const client = await answers(container.getConnectionUri());
		return {
			async [Symbol.asyncDispose]() {
				await client.end();
				await container.stop();
			},
		};
	});
}

/** @type {import('../contender.ts').Prepare} */
export async function prepareRestore() {
	const container = await startContainer();
	await container.snapshot();
	return timed(
		async () => {
			await container.restoreSnapshot();
			const client = await answers(container.getConnectionUri());
			return { [Symbol.asyncDispose]: () => client.end() };
		},
		() => container.stop(),
	);
}
