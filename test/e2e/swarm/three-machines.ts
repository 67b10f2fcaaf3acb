import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningChild, runProcess, startProcess } from 'slipway/test-helpers/child-process';
import { eventually } from 'slipway/test-helpers/eventually';
import { ask, docker } from '../engine.ts';
import type { Machine, Machines } from './machines.ts';

const folder = join(tmpdir(), 'slipway-test-machines');
const bridge = 'slipway-net';
const gateway = '10.199.0.254';
const addressOf = (number: number) => `10.199.0.${number}`;
const namespaceOf = (number: number) => `slipway-machine${number}`;
/** The end of its network cable. */
const cableOf = (number: number) => `slipway-eth${number}`;

/** Its own engine in its own network namespace. */
interface NamespacedMachine extends Machine {
	readonly number: number;
	readonly daemon: RunningChild;
}

/**
 * Three engines, each in a network namespace, on one network. Needs root, `ip`, `iptables`, and `dockerd` in the PATH.
 * Only one process at a time can have them.
 */
export async function threeMachines(): Promise<Machines> {
	// What a killed run left.
	await removeNetwork();
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	const all: NamespacedMachine[] = [];
	const stop = async () => {
		for (const { engine } of all) await docker(...engine, 'swarm', 'leave', '--force');
		for (const { daemon } of all) daemon.child.kill('SIGTERM');
		const ended = Promise.all(all.map(({ daemon }) => daemon.finished));
		await Promise.race([ended, sleep(60_000)]);
		for (const { daemon } of all) daemon.child.kill('SIGKILL');
		await ended;
		await removeNetwork();
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await makeNetwork();
		for (const number of [1, 2, 3]) all.push(await startMachine(number, join(folder, String(number))));
		await Promise.all(all.map(untilReady));
		await formSwarm(all);
	} catch (error) {
		await stop();
		throw error;
	}
	const disconnected = new Set<Machine>();
	const cable = (machine: Machine, state: 'up' | 'down') =>
		run('ip', 'link', 'set', cableOf(all.findIndex(({ address }) => address === machine.address) + 1), state);
	return {
		all,
		get connected() {
			return all.filter((machine) => !disconnected.has(machine));
		},
		load: async (images) => {
			const file = join(folder, 'images.tar');
			await ask('save', `--output=${file}`, ...images);
			for (const { engine } of all) await ask(...engine, 'load', '--quiet', `--input=${file}`);
			rmSync(file);
		},
		disconnect: async (machine) => {
			disconnected.add(machine);
			await cable(machine, 'down');
		},
		reconnect: async (machine) => {
			await cable(machine, 'up');
			disconnected.delete(machine);
		},
		[Symbol.asyncDispose]: stop,
	};
}

async function makeNetwork(): Promise<void> {
	await run('ip', 'link', 'add', bridge, 'type', 'bridge');
	await run('ip', 'address', 'add', `${gateway}/24`, 'dev', bridge);
	await run('ip', 'link', 'set', bridge, 'up');
	// An engine on this machine makes the kernel drop what is forwarded.
	await run('iptables', '--insert', ...acceptForwarded);
}

const acceptForwarded = ['FORWARD', '--in-interface', bridge, '--out-interface', bridge, '--jump', 'ACCEPT'];

async function removeNetwork(): Promise<void> {
	await runProcess('iptables', ['--delete', ...acceptForwarded]);
	for (const number of [1, 2, 3]) {
		await runProcess('ip', ['link', 'delete', cableOf(number)]);
		await runProcess('ip', ['netns', 'delete', namespaceOf(number)]);
	}
	await runProcess('ip', ['link', 'delete', bridge]);
}

async function startMachine(number: number, folder: string): Promise<NamespacedMachine> {
	const [namespace, address, cable] = [namespaceOf(number), addressOf(number), cableOf(number)];
	await run('ip', 'netns', 'add', namespace);
	await run('ip', 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
	await run('ip', 'link', 'set', cable, 'master', bridge, 'up');
	for (const command of [
		`address add ${address}/24 dev eth0`,
		'link set eth0 up',
		'link set lo up',
		`route add default via ${gateway}`,
	])
		await run('ip', '-netns', namespace, ...command.split(' '));
	// As docs/swarm.md advises: Swarm gives up connections to a lost machine in seconds.
	await run('ip', 'netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv4.tcp_retries2=5');
	mkdirSync(folder);
	const socket = `unix://${join(folder, 'docker.sock')}`;
	const options = [
		`--host=${socket}`,
		`--data-root=${join(folder, 'data')}`,
		`--exec-root=${join(folder, 'exec')}`,
		`--pidfile=${join(folder, 'pid')}`,
		// Refuses at once. The real one cannot be reached, and each name of a lost container would take seconds to fail.
		'--dns=127.0.0.1',
	];
	// Not "ip netns exec", which hides the control groups. The daemon ends with this process.
	const script = `hostname machine${number} && mkdir -p /run/docker && mount -t tmpfs tmpfs /run/docker &&
		exec setpriv --pdeathsig TERM dockerd ${options.join(' ')}`;
	const daemon = startProcess('nsenter', [
		`--net=/run/netns/${namespace}`,
		'unshare',
		'--mount',
		'--uts',
		'sh',
		'-c',
		script,
	]);
	return { number, address, daemon, engine: [`--host=${socket}`] };
}

async function untilReady({ engine, daemon }: NamespacedMachine): Promise<void> {
	let ended: string | undefined;
	void daemon.finished.then(({ stderr }) => {
		ended = stderr;
	});
	await eventually(async () => {
		if (ended !== undefined) throw new Error(`dockerd ended:\n${ended.slice(-2000)}`);
		return (await docker(...engine, 'version')).status === 0;
	});
}

async function formSwarm(machines: readonly NamespacedMachine[]): Promise<void> {
	const [first, ...others] = machines;
	if (first === undefined) return;
	const at = ({ address }: Machine) => [`--advertise-addr=${address}`, `--listen-addr=${address}`];
	await ask(...first.engine, 'swarm', 'init', ...at(first));
	const token = await ask(...first.engine, 'swarm', 'join-token', '--quiet', 'manager');
	for (const machine of others)
		await ask(
			...machine.engine,
			'swarm',
			'join',
			...at(machine),
			`--token=${token}`,
			`${first.address}:2377`,
		);
	for (const { number, engine } of machines) {
		const node = await ask(...engine, 'info', '--format={{.Swarm.NodeID}}');
		await ask(...first.engine, 'node', 'update', `--label-add=member${number}=true`, node);
	}
}

async function run(command: string, ...args: readonly string[]): Promise<void> {
	const { status, stderr } = await runProcess(command, args);
	if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}:\n${stderr}`);
}
