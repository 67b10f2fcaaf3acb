import { once } from 'node:events';
import { createServer, isIP } from 'node:net';
import type Docker from 'dockerode';
import type { ContainerRuntimeClient } from 'testcontainers';
import { hasCode, SlipwayError } from '../../errors.ts';
import { explainEngineError, silentEngine } from './engine-errors.ts';

/** A connection to a container engine: Docker, or another one with the same API. */
export interface Engine {
	readonly docker: Docker;
	readonly runtime: ContainerRuntimeClient;
	/** The host on which this process reaches the ports that containers publish. */
	readonly host: string;
	/** The address to publish ports on: as narrow as possible. */
	readonly publishOn: string;
}

export interface ConnectOptions {
	/** Milliseconds to wait for the engine's answer. Default: 10,000. */
	readonly timeout?: number;
}

/** The API of Docker 20.10, and the one that Podman reports. */
const oldestApi = [1, 41] as const;

let connection: Promise<Engine> | undefined;

/**
 * Connects to the engine in DOCKER_HOST or, by default, the one that Testcontainers finds; once per process.
 * Throws `no-container-packages`, `no-engine`, `engine-denied`, `engine-silent` and `engine-too-old`.
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
			'Install them: npm install --save-dev testcontainers dockerode. Or use no container: SLIPWAY_POSTGRES=embedded.',
			{ cause: error },
		);
	}
}

/**
 * Throws if the nearest engine does not answer. Testcontainers would neither report the reason nor stop
 * waiting, and would silently use another engine instead of the one in DOCKER_HOST. Without DOCKER_HOST it
 * may search, such as for a rootless engine, so that a missing one is no error here.
 */
async function probe({ docker, address, named }: NearestEngine, timeout: number): Promise<void> {
	const start = performance.now();
	try {
		checkAge(await docker.version());
	} catch (error) {
		if (performance.now() - start >= timeout) throw silentEngine(address, timeout);
		const explained = explainEngineError(error, address);
		if (named || !hasCode(explained, 'no-engine')) throw explained;
	}
}

interface NearestEngine {
	readonly docker: Docker;
	readonly address: string;
	/** Whether DOCKER_HOST names it. */
	readonly named: boolean;
}

/** Follows dockerode: its `socketPath` is a function unless DOCKER_HOST is set. */
function nearestEngine(Docker: typeof import('dockerode'), timeout: number): NearestEngine {
	const docker = createClient(Docker, timeout);
	if ((docker.modem as Modem).protocol === 'ssh') throw overSsh();
	const named = typeof (docker.modem as Modem).socketPath !== 'function';
	return { docker, named, address: named ? addressOf(docker) : '/var/run/docker.sock' };
}

interface Modem {
	readonly protocol?: string;
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
			'Correct DOCKER_HOST, for example to unix:///var/run/docker.sock, or unset it.',
			{ cause: error },
		);
	}
}

/** dockerode would open a session for each request, and Testcontainers refuses it. */
function overSsh(): SlipwayError {
	return new SlipwayError(
		'no-engine',
		'DOCKER_HOST is an address that begins with ssh://, which Testcontainers does not support',
		'Forward the socket: ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock USER@HOST. Then set DOCKER_HOST=unix:///tmp/engine.sock and TESTCONTAINERS_HOST_OVERRIDE=HOST.',
	);
}

function checkAge({ ApiVersion, Version }: Docker.DockerVersion): void {
	const [major = 0, minor = 0] = String(ApiVersion).split('.').map(Number);
	if (major > oldestApi[0] || (major === oldestApi[0] && minor >= oldestApi[1])) return;
	throw new SlipwayError(
		'engine-too-old',
		`the container engine is too old: version ${Version} has API ${ApiVersion}, and Slipway needs ${oldestApi.join('.')}`,
		'Update it to Docker 20.10 or newer, or use no container: SLIPWAY_POSTGRES=embedded.',
	);
}

/**
 * In a container, Testcontainers uses the gateway's address, even if the engine runs in the same container.
 */
async function hostOf({ info }: ContainerRuntimeClient): Promise<string> {
	const { host } = info.containerRuntime;
	return host === 'localhost' || (await isOwnAddress(host)) ? '127.0.0.1' : host;
}

/**
 * Tests by listening: `os.networkInterfaces` omits those that are down, such as the bridge before the first
 * container.
 */
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
 * This machine's ports are published on 127.0.0.1; from inside a container they are reached over the gateway;
 * a remote engine may be reached over any of its addresses.
 */
function addressToPublishOn(docker: Docker, host: string): string {
	const isLocal = (docker.modem as Modem).socketPath !== undefined;
	return host === '127.0.0.1' || (isLocal && isIP(host) !== 0) ? host : '';
}
