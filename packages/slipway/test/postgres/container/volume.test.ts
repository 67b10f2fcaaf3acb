import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import {
	connectEngine,
	eraseVolumes,
	type PostgresServer,
	startContainer,
	startOrJoin,
} from '../../../src/postgres/index.ts';
import {
	containersOf,
	describeWithEngine,
	dockerClient,
	image,
	runInVolume,
	startOwner,
} from '../../helpers/engine.ts';
import { hasEngineHere } from '../../helpers/engine-here.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** A folder for the running test, whose volumes are removed before it. */
function serverDirectory(): string {
	const directory = temporaryDirectory();
	onTestFinished(async () => void (await eraseVolumes(await connectEngine(), directory)));
	return directory;
}

async function start(directory: string): Promise<PostgresServer> {
	const server = await startContainer({ image, directory, command: 'the test' });
	onTestFinished(() => server[Symbol.asyncDispose]());
	return server;
}

const volumeOf = (directory: string) =>
	JSON.parse(readFileSync(join(directory, 'volume.json'), 'utf8')).name as string;
const remember = (server: PostgresServer, word: string) =>
	withClient(server.admin, (sql) => sql.unsafe(`CREATE TABLE ${word} ()`));
const recall = (server: PostgresServer) =>
	withClient(server.admin, async (sql) => {
		const rows = await sql<{ relname: string }[]>`
			SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname`;
		return rows.map(({ relname }) => relname);
	});

describeWithEngine('data in a volume', () => {
	test('survives a stop and a start, with the same port and password', async () => {
		const directory = serverDirectory();
		const first = await start(directory);
		await remember(first, 'kept');
		await first[Symbol.asyncDispose]();
		const second = await start(directory);
		expect(await recall(second)).toEqual(['kept']);
		expect(second.admin).toEqual(first.admin);
		expect(statSync(join(directory, 'volume.json')).mode & 0o077).toBe(0);
	});

	test('survives a SIGKILL of the process, and can be used again at once', async () => {
		const directory = serverDirectory();
		const { child, printed, finished } = startOwner(directory);
		await printed('started');
		child.kill('SIGKILL');
		await finished;
		const server = await start(directory);
		await remember(server, 'after_the_crash');
		expect(await recall(server)).toEqual(['after_the_crash']);
	});

	test('survives a SIGKILL of the whole container', async () => {
		const directory = serverDirectory();
		const { pid, printed, finished } = startOwner(directory);
		await printed('started');
		const [container] = await containersOf(pid);
		await (await dockerClient()).getContainer(container?.Id ?? '').kill();
		process.kill(pid, 'SIGKILL');
		await finished;
		expect(await recall(await start(directory))).toEqual([]);
	});

	test('is not shared with another process: the error names the first', async () => {
		const directory = serverDirectory();
		const { pid, printed } = startOwner(directory);
		await printed('started');
		await expect(start(directory)).rejects.toMatchObject({
			code: 'directory-in-use',
			message: expect.stringMatching(new RegExp(`in use by the owner \\(process ${pid}, since .+\\)`)),
		});
	});

	test('is reached by joining the running server', async () => {
		const directory = serverDirectory();
		const running = await start(directory);
		const options = { provider: 'container', image, directory, command: 'another command' } as const;
		await using joined = await startOrJoin({ ...options, owners: ['the test'] });
		expect(joined.admin).toEqual(running.admin);
		await joined.stop();
		expect(await recall(running)).toEqual([]);
	});

	test('is not shared with a foreign container, which is left alone', async () => {
		const directory = serverDirectory();
		await (await start(directory))[Symbol.asyncDispose]();
		const docker = await dockerClient();
		const stranger = await docker.createContainer({
			Image: image,
			Entrypoint: ['sleep', '600'],
			HostConfig: { Binds: [`${volumeOf(directory)}:/volume`] },
		});
		onTestFinished(() => stranger.remove({ force: true, v: true }));
		await stranger.start();
		await expect(start(directory)).rejects.toMatchObject({ code: 'directory-in-use' });
		expect((await stranger.inspect()).State.Running).toBe(true);
	});

	test.each([
		['of an older major version', '17/docker/PG_VERSION'],
		['at the path of PostgreSQL 17 and before', 'data/PG_VERSION'],
		['of a volume that was mounted there', 'PG_VERSION'],
	])('%s are left alone', async (_, file) => {
		const directory = serverDirectory();
		await (await start(directory))[Symbol.asyncDispose]();
		const path = `/volume/${file}`;
		await runInVolume(
			volumeOf(directory),
			`rm -r /volume/18; mkdir -p $(dirname ${path}); echo 17 >${path}; chown -R postgres: /volume`,
		);
		await expect(start(directory)).rejects.toMatchObject({
			code: 'data-directory-version',
			message: expect.stringMatching(
				new RegExp(`data of PostgreSQL 17 in .*${file}, and this is PostgreSQL 18`),
			),
			hint: expect.stringContaining('npx slipway db upgrade'),
		});
		await runInVolume(volumeOf(directory), `[ "$(cat ${path})" = 17 ]`);
	});

	test('that the image’s user cannot write to is an error', async () => {
		const directory = serverDirectory();
		await (await start(directory))[Symbol.asyncDispose]();
		await runInVolume(
			volumeOf(directory),
			'rm -r /volume/18; touch /volume/x; chown root: /volume; chmod 755 /volume',
		);
		await expect(start(directory)).rejects.toMatchObject({ code: 'unwritable' });
	});

	test('whose name is lost is an error that names the file', async () => {
		const directory = serverDirectory();
		writeFileSync(join(directory, 'volume.json'), 'damaged');
		await expect(start(directory)).rejects.toMatchObject({
			code: 'volume-unknown',
			message: expect.stringContaining('volume.json'),
		});
		writeFileSync(join(directory, 'volume.json'), '{"name":"nothing"}');
	});

	test('is erased with the volume', async () => {
		const directory = serverDirectory();
		await (await start(directory))[Symbol.asyncDispose]();
		const name = volumeOf(directory);
		expect(await eraseVolumes(await connectEngine(), directory)).toEqual([name]);
		await expect((await dockerClient()).getVolume(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
		expect(existsSync(directory)).toBe(true);
	});
});

describeWithEngine('a port', () => {
	async function takenPort(port = 0): Promise<number> {
		const squatter = createServer().listen(port, '127.0.0.1');
		await once(squatter, 'listening');
		onTestFinished(() => void squatter.close());
		return (squatter.address() as AddressInfo).port;
	}

	test.skipIf(!hasEngineHere)('that is in use by now is replaced by another', async () => {
		const directory = serverDirectory();
		const first = await start(directory);
		await first[Symbol.asyncDispose]();
		await takenPort(first.admin.port);
		const second = await start(directory);
		expect(second.admin.port).not.toBe(first.admin.port);
		expect(await recall(second)).toEqual([]);
	});

	test.skipIf(!hasEngineHere)(
		'that was requested and is in use is an error that names it, and nothing is left',
		async () => {
			const port = await takenPort();
			await expect(startContainer({ image, port })).rejects.toMatchObject({
				code: 'port-in-use',
				message: expect.stringContaining(`port ${port} is in use`),
			});
			expect(await containersOf(process.pid)).toEqual([]);
		},
	);
});
