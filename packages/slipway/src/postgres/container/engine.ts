import { once } from 'node:events';
import { createServer, isIP } from 'node:net';
import type Docker from 'dockerode';
import type { ContainerRuntimeClient } from 'testcontainers';
import { hasCode, SlipwayError } from '../../errors.ts';
import { explainEngineError, silentEngine } from './engine-errors.ts';

/** A container engine that answers, be it Docker or another one with its interface. */
export interface Engine {
	readonly docker: Docker;
	readonly runtime: ContainerRuntimeClient;
	/** Where the ports that containers publish are reached from here. */
	readonly host: string;
	/** The address to publish ports on: no wider than it takes to reach them. */
	readonly publishOn: string;
}

export interface ConnectOptions {
	/** Milliseconds that the engine has to answer. Default: 10,000. */
	readonly timeout?: number;
}

/** Docker 20.10, and what Podman says that it is. */
const oldestApi = [1, 41] as const;

let connection: Promise<Engine> | undefined;

/**
 * The engine that DOCKER_HOST names or, without that, the one that Testcontainers finds; looked for once in a
 * process. Throws `no-container-packages`, `no-engine`, `engine-denied`, `engine-silent` and
 * `engine-too-old`.
 */
export function connectEngine(options: ConnectOptions = {}): Promise<Engine> {
	connection ??= findEngine(options).catch((error: unknown) => {
		connection = undefined;
		throw error;
	});
	return connection;
}

async function findEngine({ timeout = 10_000 }: ConnectOptions): Promise<Engine> {
	const { Docker, getContainerRuntimeClient } = await loadPackages();
	const nearest = nearestEngine(Docker, timeout);
	await probe(nearest, timeout);
	const runtime = await getContainerRuntimeClient().catch((error: unknown) => {
		throw explainEngineError(error, 'the usual places');
	});
	const { dockerode: docker } = runtime.container;
	if (nearest.named && addressOf(docker) !== nearest.address)
		throw explainEngineError(new Error('Testcontainers cannot use it'), nearest.address);
	checkAge(await docker.version());
	const host = await hostOf(runtime);
	return { docker, runtime, host, publishOn: addressToPublishOn(docker, host) };
}

async function loadPackages() {
	try {
		const [{ default: Docker }, { getContainerRuntimeClient }] = await Promise.all([
			import('dockerode'),
			import('testcontainers'),
		]);
		return { Docker, getContainerRuntimeClient };
	} catch (error) {
		if (!hasCode(error, 'ERR_MODULE_NOT_FOUND')) throw error;
		throw new SlipwayError(
			'no-container-packages',
			'the packages for servers in containers are not installed',
			'Install them: npm install --save-dev testcontainers dockerode. Or go without: SLIPWAY_POSTGRES=embedded.',
			{ cause: error },
		);
	}
}

/**
 * Testcontainers neither says why an engine does not answer nor stops waiting, and falls back to another
 * engine if the named one fails. It may look elsewhere, such as for a rootless engine, only if none is named.
 */
async function probe({ docker, address, named }: NearestEngine, timeout: number): Promise<void> {
	const start = performance.now();
	try {
		checkAge(await docker.version());
	} catch (error) {
		if (performance.now() - start >= timeout) throw silentEngine(address, timeout);
		const fault = explainEngineError(error, address);
		if (named || !hasCode(fault, 'no-engine')) throw fault;
	}
}

interface NearestEngine {
	readonly docker: Docker;
	readonly address: string;
	/** Whether DOCKER_HOST names it. */
	readonly named: boolean;
}

/** By dockerode's rules: its socket is a function unless DOCKER_HOST names one. */
function nearestEngine(Docker: typeof import('dockerode'), timeout: number): NearestEngine {
	const docker = createClient(Docker, timeout);
	const named = typeof (docker.modem as Modem).socketPath !== 'function';
	return { docker, named, address: named ? addressOf(docker) : '/var/run/docker.sock' };
}

interface Modem {
	readonly host?: string;
	readonly port?: number | string;
	readonly socketPath?: unknown;
}

function addressOf(docker: Docker): string {
	const { host, port, socketPath } = docker.modem as Modem;
	return host ? `${host}:${port}` : String(socketPath);
}

function createClient(Docker: typeof import('dockerode'), timeout: number): Docker {
	try {
		return new Docker({ timeout });
	} catch (error) {
		throw new SlipwayError(
			'no-engine',
			`DOCKER_HOST cannot be used: ${(error as Error).message}`,
			'Correct DOCKER_HOST, such as unix:///var/run/docker.sock, or unset it.',
			{ cause: error },
		);
	}
}

function checkAge({ ApiVersion, Version }: Docker.DockerVersion): void {
	const [major = 0, minor = 0] = String(ApiVersion).split('.').map(Number);
	if (major > oldestApi[0] || (major === oldestApi[0] && minor >= oldestApi[1])) return;
	throw new SlipwayError(
		'engine-too-old',
		`the container engine is too old: version ${Version} speaks API ${ApiVersion}, and ${oldestApi.join('.')} is needed`,
		'Update it to Docker 20.10 or newer, or go without: SLIPWAY_POSTGRES=embedded.',
	);
}

/** In a container Testcontainers takes the gateway, also where the engine runs in that same container. */
async function hostOf({ info }: ContainerRuntimeClient): Promise<string> {
	const { host } = info.containerRuntime;
	return host === 'localhost' || (await isOwnAddress(host)) ? '127.0.0.1' : host;
}

/** The list of interfaces lacks those that are not in use, such as the gateway before the first container. */
async function isOwnAddress(host: string): Promise<boolean> {
	if (isIP(host) === 0) return false;
	const server = createServer();
	try {
		await once(server.listen(0, host), 'listening');
		return true;
	} catch {
		return false;
	} finally {
		server.close();
	}
}

/**
 * A process in a container reaches its neighbours over the gateway, and a remote engine over any of its
 * addresses.
 */
function addressToPublishOn(docker: Docker, host: string): string {
	const isLocal = (docker.modem as Modem).socketPath !== undefined;
	return host === '127.0.0.1' || (isLocal && isIP(host) !== 0) ? host : '';
}
