import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import Docker from 'dockerode';
import { describe, inject, onTestFinished } from 'vitest';
import { connectEngine } from '../../src/postgres/index.ts';
import { type RunningChild, startModule } from './child-process.ts';

/** Where there is no engine the run has said so once, and under CI has failed. */
export const describeWithEngine = describe.skipIf(!inject('hasEngine'));
export const { image } = inject('postgres');

export async function dockerClient(): Promise<Docker> {
	return (await connectEngine()).docker;
}

/** The engine behind a port, whose first `cut` connections are cut. `reset` breaks those that are there. */
export async function dockerBehindProxy({ cut }: { readonly cut: number }) {
	const { modem } = await dockerClient();
	const { socketPath, host, port } = modem as { socketPath?: string; host?: string; port?: number };
	const sockets: Socket[] = [];
	const proxy = createServer((socket) => {
		if (sockets.push(socket) <= cut) return void socket.destroy();
		const engine = socketPath === undefined ? connect(Number(port), host) : connect(socketPath);
		for (const end of [socket, engine]) end.on('error', () => {});
		socket.on('close', () => engine.destroy());
		socket.pipe(engine).pipe(socket);
	});
	await once(proxy.listen(0, '127.0.0.1'), 'listening');
	onTestFinished(() => void proxy.close());
	const own = (proxy.address() as AddressInfo).port;
	return {
		docker: new Docker({ protocol: 'http', host: '127.0.0.1', port: own }),
		reset() {
			for (const socket of sockets) socket.resetAndDestroy();
		},
	};
}

/** A process of its own with a server in a container, ended with the test. */
export function startOwner(directory = '', ending = 'setInterval(() => {}, 1000)'): RunningChild {
	const owner = startModule(
		`import { startContainer } from './src/postgres/index.ts';
		const [, image, directory] = process.argv;
		const server = await startContainer({ image, ...(directory && { directory, command: 'the owner' }) });
		console.log('started');
		${ending};`,
		[image, directory],
	);
	onTestFinished(async () => {
		owner.child.kill('SIGKILL');
		await owner.finished;
	});
	return owner;
}

/** The containers, running or not, whose owner is this process. */
export async function containersOf(pid: number): Promise<Docker.ContainerInfo[]> {
	const docker = await dockerClient();
	const ours = await docker.listContainers({ all: true, filters: { label: ['dev.slipway.owner'] } });
	return ours.filter(({ Labels }) => JSON.parse(Labels['dev.slipway.owner'] || '{}').pid === pid);
}

/** Runs a command in a container of PostgreSQL's image, as root, and resolves when it has ended. */
export async function runInVolume(volume: string, command: string): Promise<void> {
	const docker = await dockerClient();
	const container = await docker.createContainer({
		Image: image,
		Entrypoint: ['sh', '-ec', command],
		HostConfig: { Binds: [`${volume}:/volume`] },
	});
	await container.start();
	const { StatusCode } = await container.wait();
	await container.remove({ v: true });
	if (StatusCode !== 0) throw new Error(`ended with ${StatusCode}: ${command}`);
}
