import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { hasCode } from '../../errors.ts';
import { ensureCertificate } from '../certificate/index.ts';
import { lockDirectory } from '../directory-lock.ts';
import { type PostgresServer, stoppedBy, unexpectedEnd } from '../postgres-server.ts';
import type { StartOptions } from '../provider.ts';
import { checkSettings, requestedSettings } from '../server-settings.ts';
import { connectEngine, type Engine } from './engine.ts';
import { ensureImage, requestedImage } from './image.ts';
import { sweepOnce } from './leftovers.ts';
import type { RunningContainer } from './run.ts';
import type { ServerPlan } from './server-plan.ts';
import { runInSharedNetwork } from './shared-network.ts';
import { newPassword } from './superuser.ts';
import { ensureVolume, freeVolume, type Volume, writeVolume } from './volume.ts';

export type ContainerOptions = StartOptions;

/**
 * Starts PostgreSQL in a container, on a port of 127.0.0.1. The container ends when the server is stopped, or
 * moments after this process ends, and leaves nothing but the volume of `directory`.
 *
 * Throws what `connectEngine` throws, `image-missing`, `not-postgres`, `port-in-use`, `directory-in-use`,
 * `data-directory-version`, `initdb-failed`, `invalid-server-settings` and `server-did-not-start`.
 */
export async function startContainer(options: ContainerOptions = {}): Promise<PostgresServer> {
	const { directory, command = 'another program', port } = options;
	const settings = requestedSettings(options);
	checkSettings(settings);
	const image = requestedImage(options);
	const engine = await connectEngine();
	await ensureImage(engine, image);
	const plan = { image, port, settings, certificate: options.ssl ? ensureCertificate() : undefined };
	return directory === undefined
		? toPostgresServer(await runTemporary(engine, { ...plan, superuserPassword: newPassword() }))
		: await startDurable(engine, { ...plan, directory: resolve(directory), command });
}

/** Runs the container of a server without a volume. For this folder only. */
export async function runTemporary(engine: Engine, plan: ServerPlan): Promise<RunningContainer> {
	await sweepOnce(engine);
	const { runContainer } = await import('./run.ts');
	return (await runInSharedNetwork(engine, plan, runContainer)) ?? (await runContainer(engine, plan));
}

interface DurablePlan extends Omit<ServerPlan, 'superuserPassword' | 'volume' | 'shared'> {
	readonly directory: string;
	readonly command: string;
}

async function startDurable(engine: Engine, plan: DurablePlan): Promise<PostgresServer> {
	const { directory } = plan;
	mkdirSync(directory, { recursive: true });
	const lock = await lockDirectory(directory, plan.command);
	try {
		await sweepOnce(engine);
		const volume = await ensureVolume(engine, directory);
		await freeVolume(engine, volume.name);
		const container = await runOnVolume(engine, plan, volume);
		writeVolume(directory, { ...volume, port: container.admin.port });
		return toPostgresServer(container, lock);
	} catch (error) {
		lock[Symbol.dispose]();
		throw error;
	}
}

/** Uses the port that the server had last, so that saved connections keep working, unless it is taken now. */
async function runOnVolume(engine: Engine, plan: DurablePlan, volume: Volume): Promise<RunningContainer> {
	const { runContainer } = await import('./run.ts');
	const { image, settings, certificate, port = volume.port } = plan;
	const common = {
		image,
		settings,
		certificate,
		volume: volume.name,
		superuserPassword: volume.superuserPassword,
	};
	try {
		return await runContainer(engine, { ...common, port });
	} catch (error) {
		if (!hasCode(error, 'port-in-use') || plan.port !== undefined) throw error;
		return await runContainer(engine, common);
	}
}

/** Seconds until force is used. A last checkpoint takes time; a temporary server makes none. */
const durableTimeout = 25;
const temporaryTimeout = 5;

/** `lock`: that of the server's directory, if it has one. */
export function toPostgresServer(container: RunningContainer, lock?: Disposable): PostgresServer {
	const timeout = lock === undefined ? temporaryTimeout : durableTimeout;
	let disposed: Promise<void> | undefined;
	return {
		admin: container.admin,
		ended: new Promise((resolveEnded) => {
			void container.ended.then((output) => {
				if (disposed === undefined)
					resolveEnded(unexpectedEnd("PostgreSQL's container", output, lock !== undefined));
			});
		}),
		...stoppedBy(() => {
			disposed ??= container.stop(timeout).finally(() => lock?.[Symbol.dispose]());
			return disposed;
		}),
	};
}
