import { expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { startContainer } from '../../../src/postgres/index.ts';
import { containersOf, describeWithEngine, dockerClient, image, startOwner } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { signalServer } from '../../helpers/signal-server.ts';

const isGone = async (pid: number) => (await containersOf(pid)).length === 0;

describeWithEngine('a container', () => {
	test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
		'ends when its process is ended by %s, and is removed with its volumes',
		async (signal) => {
			const { child, pid, printed, finished } = startOwner();
			await printed('started');
			const [container] = await containersOf(pid);
			const volumes = container?.Mounts.filter(({ Type }) => Type === 'volume').map(({ Name }) => Name);
			child.kill(signal);
			expect(await finished).toMatchObject({ status: signal });
			await eventually(() => isGone(pid));
			const { Volumes } = await (await dockerClient()).listVolumes();
			const left = Volumes.map(({ Name }) => Name);
			expect(left.filter((name) => volumes?.includes(name))).toEqual([]);
		},
	);

	test('whose process is killed while it starts is removed by the next start', async () => {
		for (const moment of ['created', 'running']) {
			const { child, pid, finished } = startOwner();
			await eventually(async () => (await containersOf(pid)).length > 0);
			if (moment === 'running')
				await eventually(async () => (await containersOf(pid))[0]?.State !== 'created');
			child.kill('SIGKILL');
			await finished;
			const next = startOwner('', 'await server[Symbol.asyncDispose]()');
			expect(await next.finished).toMatchObject({ status: 0, stderr: '' });
			await eventually(() => isGone(pid));
		}
	});

	test('does not keep its process alive, and ends with it', async () => {
		const { pid, finished } = startOwner('', '');
		expect(await finished).toMatchObject({ status: 0 });
		await eventually(() => isGone(pid));
	});

	test('is removed when the server has been stopped', async () => {
		const { finished } = startOwner(
			'',
			`await server[Symbol.asyncDispose]();
			const { connectEngine } = await import('./src/postgres/index.ts');
			const { docker } = await connectEngine();
			const all = await docker.listContainers({ all: true, filters: { label: ['dev.slipway.owner'] } });
			console.log(all.filter(({ Labels }) => Labels['dev.slipway.owner'].includes('"pid":' + process.pid + ',')))`,
		);
		expect(await finished).toMatchObject({ status: 0, stdout: 'started\n[]\n' });
	});

	test('that exits unexpectedly is reported, with its last log lines', async () => {
		await using server = await startContainer({ image });
		await signalServer(server.admin, 'SIGTERM');
		await expect(server.ended).resolves.toMatchObject({
			code: 'server-ended',
			message: expect.stringContaining('received smart shutdown request'),
		});
	});

	test('exposes no password in its settings or arguments', async () => {
		await using server = await startContainer({ image });
		const docker = await dockerClient();
		const own = (await containersOf(process.pid)).map(({ Id }) => docker.getContainer(Id));
		expect(own.length).toBeGreaterThan(0);
		const seen = await Promise.all(own.flatMap((each) => [each.inspect(), each.top()]));
		expect(JSON.stringify(seen)).toContain('postgres -D');
		expect(JSON.stringify(seen)).not.toContain(server.admin.password);
	});

	test('does not run as root, and has none of its capabilities', async () => {
		await using server = await startContainer({ image });
		const [row] = await withClient(
			server.admin,
			(sql) => sql<{ status: string }[]>`SELECT pg_read_file('/proc/1/status') AS status`,
		);
		expect(row?.status).toMatch(/^Uid:\t[1-9]/m);
		expect(row?.status).toMatch(/^CapBnd:\t0+$/m);
		expect(row?.status).toMatch(/^NoNewPrivs:\t1$/m);
	});

	test('accepts server settings, and reports invalid ones', async () => {
		await using server = await startContainer({ image, settings: { max_connections: '7' } });
		const [row] = await withClient(server.admin, (sql) => sql`SHOW max_connections`);
		expect(row).toEqual({ max_connections: '7' });
		await expect(startContainer({ image, settings: { max_connection: '7' } })).rejects.toMatchObject({
			code: 'invalid-server-settings',
			message: expect.stringContaining('unrecognized configuration parameter "max_connection"'),
		});
	});
});
