import { ask, docker } from '../engine.ts';

/** A machine of a swarm. */
export interface Machine {
	/** Where its ports are published. */
	readonly address: string;
	/** The options with which a Docker command uses its engine. */
	readonly engine: readonly string[];
}

/** The machines of a swarm, all of them managers. Together they have the labels `member1` to `member3`. */
export interface Machines extends AsyncDisposable {
	readonly all: readonly Machine[];
	/** Those that are on the network. */
	readonly connected: readonly Machine[];
	/** Copies images from the engine of this machine to the others. */
	load(images: readonly string[]): Promise<void>;
	/** Takes a machine off the network. */
	disconnect(machine: Machine): Promise<void>;
	reconnect(machine: Machine): Promise<void>;
}

/** The label of a machine that was in no swarm before. */
const madeForTests = 'dev.slipway.test';

/** This machine, which leaves the swarm again if it was in none. */
export async function thisMachine(): Promise<Machines> {
	const machine: Machine = { address: '127.0.0.1', engine: [] };
	await joinSwarm();
	const cannot = async () => {
		throw new Error('the only machine cannot be taken off the network');
	};
	return {
		all: [machine],
		connected: [machine],
		load: async () => {},
		disconnect: cannot,
		reconnect: cannot,
		[Symbol.asyncDispose]: leaveSwarm,
	};
}

async function joinSwarm(): Promise<void> {
	const labels = [1, 2, 3].map((member) => `--label-add=member${member}=true`);
	if ((await ask('info', '--format={{.Swarm.LocalNodeState}}')) === 'inactive') {
		await ask('swarm', 'init', '--advertise-addr=127.0.0.1', '--listen-addr=127.0.0.1');
		labels.push(`--label-add=${madeForTests}=true`);
	}
	await ask('node', 'update', ...labels, await ask('info', '--format={{.Swarm.NodeID}}'));
}

async function leaveSwarm(): Promise<void> {
	const label = `--format={{index .Spec.Labels "${madeForTests}"}}`;
	const { stdout } = await docker('node', 'inspect', 'self', label);
	if (stdout.trim() !== 'true') return;
	await ask('swarm', 'leave', '--force');
	await docker('network', 'rm', 'docker_gwbridge');
}
