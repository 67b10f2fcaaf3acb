import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { runContainer } from '../../../src/postgres/container/run.ts';
import { ownNetwork, runInSharedNetwork } from '../../../src/postgres/container/shared-network.ts';
import { newPassword } from '../../../src/postgres/container/superuser.ts';
import { connectEngine, startContainer } from '../../../src/postgres/index.ts';
import { randomPort } from '../../../src/postgres/random-port.ts';
import { runProcess, toolRoot } from '../../helpers/child-process.ts';
import { describeWithEngine, dockerBehindProxy, image } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { testInOwnNamespace } from '../../helpers/own-namespace.ts';

describeWithEngine('a temporary server in a container', () => {
	test('listens on 127.0.0.1 and on no other address of this machine', async () => {
		await using server = await startContainer({ image });
		const others = Object.values(networkInterfaces())
			.flatMap((addresses) => addresses ?? [])
			.filter(({ internal, family }) => !internal && family === 'IPv4');
		await withClient(server.admin, async () => {});
		for (const { address } of others)
			await expect(withClient({ ...server.admin, host: address }, async () => {})).rejects.toMatchObject({
				code: 'server-refuses',
			});
	});

	test('is not confused with another server that has the same port and password', async () => {
		const engine = await connectEngine();
		const shared = { network: ownNetwork(), port: randomPort() };
		const plan = { image, settings: {}, superuserPassword: newPassword(), shared };
		const first = await runContainer(engine, plan);
		try {
			await expect(runContainer(engine, plan)).rejects.toMatchObject({
				code: 'port-in-use',
				message: expect.stringContaining(String(shared.port)),
			});
		} finally {
			await first.stop(5);
		}
	});

	test('starts even if the engine failed to describe itself the first time', async () => {
		const engine = { ...(await connectEngine()), docker: (await dockerBehindProxy({ cut: 1 })).docker };
		const plan = { image, settings: {}, superuserPassword: newPassword() };
		await expect(runInSharedNetwork(engine, plan, runContainer)).rejects.toThrow('socket hang up');
		const running = await runInSharedNetwork(engine, plan, runContainer);
		await running?.stop(5);
	});

	test('ends when the connection to the engine breaks, and that is reported', async () => {
		const { docker, reset } = await dockerBehindProxy({ cut: 0 });
		const plan = { image, settings: {}, superuserPassword: newPassword() };
		const running = await runContainer({ ...(await connectEngine()), docker }, plan);
		reset();
		await running.ended;
		await eventually(() => withClient(running.admin, async () => false).catch(() => true));
	});

	testInOwnNamespace(
		'does not start in the network of the engine if this process is in another one',
		async () => {
			const source = `
			import { runContainer } from './src/postgres/container/run.ts';
			import { runInSharedNetwork } from './src/postgres/container/shared-network.ts';
			import { connectEngine } from './src/postgres/index.ts';
			const plan = { image: process.argv[1], settings: {}, superuserPassword: 'irrelevant' };
			console.log(await runInSharedNetwork(await connectEngine(), plan, runContainer));`;
			expect(await runInNamespace(['--net'], source)).toMatchObject({ status: 0, stdout: 'undefined\n' });
		},
	);

	testInOwnNamespace('has its own network if the engine is on a machine with another name', async () => {
		const source = `
			import { hostname } from 'node:os';
			import { withClient } from './src/connection/index.ts';
			import { connectEngine, startContainer } from './src/postgres/index.ts';
			await using server = await startContainer({ image: process.argv[1] });
			await withClient(server.admin, async () => {});
			const { docker } = await connectEngine();
			for (const { Id, Labels } of await docker.listContainers())
				if (Labels['dev.slipway.owner']?.includes('"machine":"elsewhere"'))
					console.log(hostname(), Object.keys((await docker.getContainer(Id).inspect()).NetworkSettings.Networks));`;
		const ended = await runInNamespace(['--uts'], source, 'hostname elsewhere &&');
		expect(ended).toMatchObject({ status: 0, stdout: "elsewhere [ 'bridge' ]\n" });
	});
});

function runInNamespace(namespaces: readonly string[], source: string, before = '') {
	const command = `${before} exec "$@"`;
	const node = [process.execPath, '--input-type=module-typescript', '-e', source, '--', image];
	return runProcess('unshare', ['--map-root-user', ...namespaces, 'sh', '-c', command, 'sh', ...node], {
		cwd: toolRoot,
	});
}
