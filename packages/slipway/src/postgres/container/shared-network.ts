import { readlinkSync } from 'node:fs';
import { hasCode } from '../../errors.ts';
import { currentProcess } from '../process-identity.ts';
import { randomPort } from '../random-port.ts';
import type { Engine } from './engine.ts';
import type { RunningContainer } from './run.ts';
import type { ServerPlan } from './server-plan.ts';

type Run = (engine: Engine, plan: ServerPlan) => Promise<RunningContainer>;

/**
 * Runs a container in the network of this machine, so that the engine need not create and remove one.
 * Undefined if the engine is in another network, such as that of a virtual machine. The first container
 * checks that itself. Connecting to its port would prove nothing, because in this network the port may belong
 * to another server.
 */
export async function runInSharedNetwork(
	engine: Engine,
	plan: ServerPlan,
	run: Run,
): Promise<RunningContainer | undefined> {
	const network = await networkSharedWith(engine);
	if (network === undefined) return undefined;
	try {
		const running = await runOnFreePort(engine, plan, run, network);
		networks.set(engine, '');
		return running;
	} catch (error) {
		if (!hasCode(error, 'other-network')) throw error;
		networks.set(engine, undefined);
		return undefined;
	}
}

/** The server itself binds the port, so that no other program can take it between the choice and the use. */
async function runOnFreePort(
	engine: Engine,
	plan: ServerPlan,
	run: Run,
	network: string,
): Promise<RunningContainer> {
	for (let attempt = 1; ; attempt++) {
		const shared = { network, port: plan.port ?? randomPort() };
		try {
			return await run(engine, { ...plan, shared });
		} catch (error) {
			if (plan.port !== undefined || attempt === 20 || !hasCode(error, 'port-in-use')) throw error;
		}
	}
}

const networks = new WeakMap<Engine, string | undefined>();

async function networkSharedWith(engine: Engine): Promise<string | undefined> {
	if (!networks.has(engine)) networks.set(engine, await findSharedNetwork(engine));
	return networks.get(engine);
}

/**
 * Undefined unless the engine reports to be on this machine, and that containers can share the system's
 * namespaces.
 */
async function findSharedNetwork({ docker }: Engine): Promise<string | undefined> {
	if (process.platform !== 'linux') return undefined;
	const { Name, SecurityOptions } = (await docker.info()) as EngineInfo;
	const isRemapped = SecurityOptions?.some((option) => /^name=(rootless|userns)/.test(option)) ?? false;
	return Name === currentProcess().machine && !isRemapped ? ownNetwork() : undefined;
}

interface EngineInfo {
	readonly Name?: string;
	readonly SecurityOptions?: readonly string[] | null;
}

/** Must match what the first process in a container reads. */
export function ownNetwork(): string {
	return `${currentProcess().boot} ${readlinkSync('/proc/self/ns/net')}`;
}
