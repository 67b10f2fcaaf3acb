import type Docker from 'dockerode';
import { ownerOf } from '../../src/postgres/container/labels.ts';
import type { ProcessTree } from '../process-tree.ts';

/** The containers, volumes and networks of a run of vitest. */
export class RunContainers {
	readonly #docker: Docker;
	readonly #tree: ProcessTree;
	/** Anonymous volumes have no label. They are recognized by the containers that used them. */
	readonly #volumes = new Set<string>();

	constructor(docker: Docker, tree: ProcessTree) {
		this.#docker = docker;
		this.#tree = tree;
	}

	async look(): Promise<Docker.ContainerInfo[]> {
		const all = await this.#docker.listContainers({ all: true });
		const own = all.filter(({ Labels }) => this.#isOwn(Labels));
		for (const { Mounts } of own)
			for (const { Type, Name } of Mounts) if (Type === 'volume' && Name) this.#volumes.add(Name);
		return own;
	}

	async left(): Promise<string[]> {
		const containers = await this.look();
		const { Volumes = [] } = await this.#docker.listVolumes();
		const volumes = Volumes.filter(({ Name, Labels }) => this.#volumes.has(Name) || this.#isOwn(Labels));
		const networks = (await this.#docker.listNetworks()).filter(({ Labels }) => this.#isOwn(Labels));
		return [
			...containers.map(({ Id, State }) => `container ${Id.slice(0, 12)} (${State})`),
			...volumes.map(({ Name }) => `volume ${Name}`),
			...networks.map(({ Name }) => `network ${Name}`),
		];
	}

	#isOwn(labels: Readonly<Record<string, string>> | undefined): boolean {
		const owner = ownerOf(labels);
		return owner !== undefined && this.#tree.hasSeen(owner.pid);
	}
}

/** Kills the first process of a container, the server's supervisor. */
export function killFirstProcess(docker: Docker, id: string): Promise<boolean> {
	return unlessEnded(() => docker.getContainer(id).kill({ signal: 'SIGKILL' }));
}

/** Kills one of PostgreSQL's processes in a container. `choice`, from 0 to 1, selects which. */
export function killPostgresIn(docker: Docker, id: string, choice: number): Promise<boolean> {
	const command = ['/bin/sh', '-c', killScript, 'kill', String(Math.floor(choice * 1000))];
	return unlessEnded(async () => {
		const exec = await docker.getContainer(id).exec({ Cmd: command, AttachStdout: true });
		for await (const _ of await exec.start({}));
		if ((await exec.inspect()).ExitCode !== 0) throw new NothingRuns();
	});
}

const killScript = `
choice=$1
shift
for process in /proc/[0-9]*; do
	[ "$(cat $process/comm 2>/dev/null)" = postgres ] && set -- "$@" "\${process#/proc/}"
done
[ $# -gt 0 ] || exit 1
shift $((choice * $# / 1000))
kill -KILL "$1"
`;

class NothingRuns extends Error {
	readonly statusCode = 404;
}

/**
 * Resolves with false if the container, or PostgreSQL in it, has already ended, as it may at a random moment.
 */
async function unlessEnded(kill: () => Promise<unknown>): Promise<boolean> {
	try {
		await kill();
		return true;
	} catch (error) {
		const { statusCode } = error as { statusCode?: number };
		if (statusCode !== 404 && statusCode !== 409) throw error;
		return false;
	}
}
