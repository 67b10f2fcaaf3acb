import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startModule } from '../helpers/child-process.ts';
import { describeWithEngine, image } from '../helpers/engine.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Chooses in a separate process, whose environment names the engine. */
async function choose(options: object, environment: Record<string, string> = {}): Promise<object> {
	const source = `
		import { chooseProvider } from './src/postgres/index.ts';
		console.log(JSON.stringify(await chooseProvider(JSON.parse(process.argv[1]))));`;
	const { stdout, stderr } = await startModule(source, [JSON.stringify(options)], { env: environment })
		.finished;
	expect(stderr).toBe('');
	return JSON.parse(stdout);
}

const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

test.each(['embedded', 'container', 'external'])(
	'the setting %s wins, no matter what is available',
	async (setting) => {
		expect(await choose({ setting }, noEngine)).toEqual({
			provider: setting,
			because: 'the settings say so',
		});
	},
);

test('without an engine, embedded is chosen, and the reason is reported', async () => {
	expect(await choose({}, noEngine)).toEqual({
		provider: 'embedded',
		because: 'no container engine answers at /nowhere/docker.sock: there is no such socket',
	});
});

test('an engine that does not answer is given up after a second', async () => {
	const socket = join(temporaryDirectory(), 'engine.sock');
	const silent = createServer().listen(socket);
	await once(silent, 'listening');
	onTestFinished(() => void silent.close());
	expect(await choose({}, { DOCKER_HOST: `unix://${socket}` })).toEqual({
		provider: 'embedded',
		because: `the container engine at ${socket} did not answer within 1 s`,
	});
});

describeWithEngine('with an engine', () => {
	const timeout = 60_000;

	test('a container is chosen', async () => {
		expect(await choose({ image, timeout })).toEqual({
			provider: 'container',
			because: `a container engine answers and has ${image}`,
		});
	});

	test('that neither has the image nor can pull it, embedded is chosen', async () => {
		expect(await choose({ image: 'registry.invalid/postgres:18', timeout })).toEqual({
			provider: 'embedded',
			because: expect.stringContaining(
				'the image registry.invalid/postgres:18 is not on this machine and cannot be pulled',
			),
		});
	});
});

test('startPostgres follows the choice', async () => {
	const source = `
		import { startPostgres } from './src/index.ts';
		await using server = await startPostgres({ provider: 'auto', migrations: false });
		console.log(server.app.username);`;
	const { stdout, stderr } = await startModule(source, [], { env: noEngine }).finished;
	expect(stdout, stderr).toBe('app_user\n');
});
