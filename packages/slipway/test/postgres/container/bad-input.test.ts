import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startContainer } from '../../../src/postgres/index.ts';
import { runProcess, startModule, toolRoot } from '../../helpers/child-process.ts';
import { containersOf, describeWithEngine, image } from '../../helpers/engine.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { copyTool } from '../../helpers/tool-copy.ts';

const asRoot = process.getuid?.() === 0;

/** Starts a server in a separate process, and prints the error. */
const source = `
	import { startContainer } from '${toolRoot}/src/postgres/index.ts';
	await startContainer().then(() => console.log('started'), ({ code, message, hint }) => console.log([code, message, hint].join('\\n')));`;

async function errorWith(environment: Record<string, string>): Promise<string> {
	const { stdout, stderr } = await startModule(source, [], { env: environment }).finished;
	expect(stderr).toBe('');
	return stdout;
}

/** A socket where something answers that is not a current engine. */
async function answering(answer: RequestListener): Promise<string> {
	const socket = join(temporaryDirectory(), 'engine.sock');
	const server = createServer(answer).listen(socket);
	await once(server, 'listening');
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return `unix://${socket}`;
}

/** Like Docker 19.03. */
const oldEngine: RequestListener = ({ url }, response) => {
	response.setHeader('Content-Type', 'application/json');
	if (url === '/_ping') return response.end('OK');
	if (url === '/info') return response.end(JSON.stringify({ ServerVersion: '19.03.15', OSType: 'linux' }));
	if (url === '/version') return response.end(JSON.stringify({ Version: '19.03.15', ApiVersion: '1.40' }));
	response.writeHead(404).end('{"message":"page not found"}');
};

test.each([
	[
		'a socket that does not exist',
		'unix:///nowhere/docker.sock',
		/at \/nowhere\/docker.sock: there is no such socket/,
	],
	['a port where nothing listens', 'tcp://127.0.0.1:1', /at 127.0.0.1:1: nothing listens there/],
	['an unknown host', 'tcp://nowhere.invalid:2375', /at nowhere.invalid:2375: the host name is unknown/],
])('%s in DOCKER_HOST is an error, even if there is another engine', async (_, address, message) => {
	const error = await errorWith({ DOCKER_HOST: address });
	expect(error).toMatch(/^no-engine\n/);
	expect(error).toMatch(message);
	expect(error).toContain('SLIPWAY_POSTGRES=embedded');
});

test('an address that begins with ssh:// is an error that says how to forward the socket', async () => {
	const error = await errorWith({ DOCKER_HOST: 'ssh://ann@build.example' });
	expect(error).toMatch(
		/^no-engine\nDOCKER_HOST is an address that begins with ssh:\/\/.*\nForward the socket: ssh -nNT -L/,
	);
});

test('an engine that does not answer is an error after a timeout', async () => {
	const address = await answering(() => {});
	const error = await errorWith({ DOCKER_HOST: address });
	expect(error).toMatch(/^engine-silent\nthe container engine at .*engine.sock did not answer within 10 s\n/);
});

test('the error about an engine that is too old has its version', async () => {
	const error = await errorWith({ DOCKER_HOST: await answering(oldEngine) });
	expect(error).toMatch(
		/^engine-too-old\n.*version 19.03.15 has API 1.40, and Slipway needs 1.41\nUpdate it/,
	);
});

test('a server that is not an engine is an error', async () => {
	const address = await answering((_request, response) =>
		response.writeHead(500).end('{"message":"broken"}'),
	);
	expect(await errorWith({ DOCKER_HOST: address })).toMatch(/^no-engine\n.*broken/);
});

test.runIf(asRoot)('a socket without permission is reported as such, not as missing', async () => {
	const address = await answering(oldEngine);
	chmodSync(address.slice('unix://'.length), 0o600);
	chmodSync(join(address.slice('unix://'.length), '..'), 0o711);
	const script = `
		import('${toolRoot}/src/postgres/container/engine.ts')
			.then(({ connectEngine }) => connectEngine())
			.catch(({ code, message, hint }) => console.log([code, message, hint].join('\\n')));`;
	const user = ['--reuid=1234', '--regid=1234', '--clear-groups', '--inh-caps=-all', '--ambient-caps=-all'];
	const { stdout, stderr } = await runProcess('setpriv', [...user, '--', process.execPath, '-e', script], {
		env: { DOCKER_HOST: address, HOME: '/' },
	});
	expect(stdout, stderr).toMatch(
		/^engine-denied\nuid 1234 has no permission to use .*engine.sock\nJoin the group/,
	);
});

test('without the packages for containers, the error names what to install', async () => {
	const copy = copyTool(['testcontainers', 'dockerode']);
	const { stdout, stderr } = await startModule(source.replaceAll(toolRoot, copy), [], { cwd: copy }).finished;
	expect(stdout, stderr).toMatch(
		/^no-container-packages\n.*\n.*npm install --save-dev testcontainers dockerode/,
	);
});

describeWithEngine('an image', () => {
	test('that is not on this machine and cannot be pulled is an error that names it', async () => {
		const missing = 'registry.invalid/slipway/postgres:0';
		await expect(startContainer({ image: missing })).rejects.toMatchObject({
			code: 'image-missing',
			message: expect.stringMatching(
				new RegExp(`the image ${missing} is not on this machine and cannot be pulled: .+`),
			),
			hint: expect.stringContaining(`docker pull ${missing}`),
		});
	});

	test('that is not a PostgreSQL image is an error that names it, and no container is left', async () => {
		const { dockerClient } = await import('../../helpers/engine.ts');
		const docker = await dockerClient();
		const foreign = `slipway-test-not-postgres-${process.pid}`;
		const container = await docker.createContainer({
			Image: image,
			Entrypoint: ['sh', '-c', 'rm -f $(command -v postgres)'],
		});
		await container.start();
		await container.wait();
		await container.commit({ repo: foreign });
		await container.remove({ v: true });
		onTestFinished(() => docker.getImage(foreign).remove({ force: true }));
		await expect(startContainer({ image: foreign })).rejects.toMatchObject({
			code: 'not-postgres',
			message: expect.stringContaining(foreign),
			hint: expect.stringContaining('POSTGRES_IMAGE'),
		});
		expect(await containersOf(process.pid)).toEqual([]);
	});
});
