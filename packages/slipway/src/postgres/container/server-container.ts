import { type BoundPorts, GenericContainer, PullPolicy, type WaitStrategy } from 'testcontainers';
import { temporarySettings } from '../server-settings.ts';
import { ContainerStdio } from './container-stdio.ts';
import type { Engine } from './engine.ts';
import { firstProcess } from './first-process.ts';
import { home } from './home.ts';
import { serverLabels } from './labels.ts';
import type { ServerPlan } from './server-plan.ts';
import { defaultSuperuser } from './superuser.ts';

/**
 * The files in the image of a snapshot: the data directory without its databases, and the databases. They are
 * outside the volume, which a commit leaves out, in a folder that every user can write to.
 */
const snapshotFiles = ['/var/tmp/slipway-snapshot.tar', '/var/tmp/slipway-databases.tar'];
const serverPort = 5432;

/** What the first process prints when the server accepts connections. */
export const started = 'slipway-started';

/** Resolves when the server on this published port answers. */
type Ready = (port: number) => Promise<void>;

/**
 * The container of one server. It ends with the process that starts it, so Testcontainers' reaper is not
 * needed.
 */
export class ServerContainer extends GenericContainer {
	containerId: string | undefined;
	stdio: ContainerStdio | undefined;
	readonly #engine: Engine;
	/** The lines that the first process reads before it starts PostgreSQL. */
	readonly #secrets: readonly string[];

	constructor(engine: Engine, plan: ServerPlan, ready: Ready) {
		super(plan.image);
		this.#engine = engine;
		this.#secrets = [plan.superuserPassword, ...certificateLines(plan)];
		const network = plan.shared?.network ?? '';
		const encrypted = plan.certificate === undefined ? '' : 'encrypted';
		const durable = plan.volume === undefined ? '' : 'durable';
		this.withAutoCleanup(false)
			// The image exists: it was just pulled, or it is that of a snapshot, which is in no registry.
			.withPullPolicy(PullPolicy.neverPull())
			.withLabels(serverLabels())
			.withUser('postgres')
			.withEnvironment({ LC_ALL: 'C', TZ: 'UTC' })
			.withEntrypoint(['/bin/sh', '-c', firstProcess, 'slipway'])
			.withCommand([
				plan.folder ?? home,
				durable,
				...snapshotFiles,
				network,
				encrypted,
				plan.superuser ?? defaultSuperuser,
				plan.data ?? '',
				...serverParameters(plan),
			])
			.withDroppedCapabilities('ALL')
			.withSecurityOpt('no-new-privileges')
			// For parallel queries: the engine's default of 64 MB is soon used up.
			.withSharedMemorySize(512 * 1024 ** 2)
			.withWaitStrategy(waitUntil((ports) => ready(plan.shared?.port ?? ports.getBinding(serverPort))));
		Object.assign(this.createOpts, { AttachStdin: true, OpenStdin: true, StdinOnce: true });
		this.hostConfig.AutoRemove = true;
		if (plan.shared === undefined) this.#publish(engine.publishOn, plan.port ?? 0);
		else this.withNetworkMode('host');
		if (plan.volume === undefined) this.withTmpFs({ [home]: 'mode=1777' });
		else this.withBindMounts([{ source: plan.volume, target: home }]);
	}

	#publish(address: string, port: number): void {
		this.withExposedPorts(serverPort);
		const binding = { HostIp: address, HostPort: String(port) };
		this.hostConfig.PortBindings = { [`${serverPort}/tcp`]: [binding] };
	}

	protected override async containerCreated(containerId: string): Promise<void> {
		this.containerId = containerId;
		this.stdio = await ContainerStdio.open(this.#engine.docker, containerId);
		for (const line of this.#secrets) this.stdio.write(line);
	}
}

const certificateLines = ({ certificate: given }: ServerPlan) =>
	given === undefined
		? []
		: [given.certificate, given.key].map((text) => Buffer.from(text).toString('base64'));

function waitUntil(ready: (ports: BoundPorts) => Promise<void>): WaitStrategy {
	const strategy: WaitStrategy = {
		waitUntilReady: (_container, ports) => ready(ports),
		withStartupTimeout: () => strategy,
		isStartupTimeoutSet: () => true,
		getStartupTimeout: () => 0,
	};
	return strategy;
}

function serverParameters({ volume, shared, settings }: ServerPlan): string[] {
	const parameters = {
		// All addresses of the container's own network; the engine publishes the port.
		...(shared === undefined
			? { listen_addresses: '*' }
			: { listen_addresses: '127.0.0.1', port: String(shared.port) }),
		unix_socket_directories: '',
		...(volume === undefined && temporarySettings),
		...settings,
	};
	return Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
