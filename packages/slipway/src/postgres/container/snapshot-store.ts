import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureCertificate } from '../certificate/index.ts';
import { requestedSettings } from '../server-settings.ts';
import { isDamage, type SnapshotStore, warnOfDamage } from '../snapshots/index.ts';
import { type ContainerOptions, runTemporary, toPostgresServer } from './container.ts';
import { connectEngine, type Engine } from './engine.ts';
import { ensureImage, requestedImage } from './image.ts';
import type { RunningContainer } from './run.ts';
import type { ServerPlan } from './server-plan.ts';
import { commitImage, evictImages, hasImage, removeImage, sizeOf } from './snapshot-images.ts';
import { noteUseOf, readRecord, removeRecord, type SnapshotRecord, writeRecord } from './snapshot-record.ts';
import { newPassword } from './superuser.ts';

type Options = Omit<ContainerOptions, 'directory' | 'command'>;

/**
 * Keeps snapshots as images on the engine and, for each, a file in `path` with the image's name and the
 * superuser's password. An image is useless without that file, so each folder has its own images. Throws what
 * `startContainer` throws.
 */
export async function containerSnapshots(path: string, options: Options = {}): Promise<SnapshotStore> {
	const context = { engine: await connectEngine(), folder: resolve(path), options };
	const { engine, folder } = context;
	return {
		identity: await identityOf(engine, options),
		has: async (key) => {
			const record = readRecord(folder, key);
			return record !== undefined && (await hasImage(engine, record.image));
		},
		start: async (key) => {
			const { port, ssl } = options;
			const certificate = ssl ? ensureCertificate() : undefined;
			const container = await startFrom(context, key, { port, certificate });
			return container && toPostgresServer(container.running);
		},
		keep: async (key, base, prepare) => {
			const { running, record } = await startBase(context, base);
			await using server = toPostgresServer(running);
			await prepare(server);
			await publish(context, key, running, record);
			await evictImages(engine, folder, key);
		},
	};
}

async function identityOf(engine: Engine, options: Options): Promise<string[]> {
	const image = requestedImage(options);
	await ensureImage(engine, image);
	const { Id, Os, Architecture } = await engine.docker.getImage(image).inspect();
	return [Id, Os, Architecture];
}

interface Context {
	readonly engine: Engine;
	readonly folder: string;
	readonly options: Options;
}

interface Started {
	readonly running: RunningContainer;
	readonly record: SnapshotRecord;
}

/** Each image adds a layer to the one that it was created from, and engines limit images to 127 layers. */
const maxGenerations = 10;

async function startBase(context: Context, base: string | undefined): Promise<Started> {
	const record = base === undefined ? undefined : readRecord(context.folder, base);
	const mayBeBase = base !== undefined && record !== undefined && record.generation < maxGenerations;
	const started = mayBeBase ? await startFrom(context, base) : undefined;
	return started ?? (await startEmpty(context));
}

async function startEmpty({ engine, options }: Context): Promise<Started> {
	const settings = requestedSettings(options);
	const image = requestedImage(options);
	const superuserPassword = newPassword();
	const running = await runTemporary(engine, { image, settings, superuserPassword });
	return { running, record: { image, superuserPassword, bytes: 0, generation: 0 } };
}

/**
 * Undefined if there is no such snapshot, or a damaged one, which is removed. `access`: how clients reach the
 * server, if it is not to become a snapshot.
 */
async function startFrom(
	{ engine, folder, options }: Context,
	key: string,
	access: Pick<ServerPlan, 'port' | 'certificate'> = {},
): Promise<Started | undefined> {
	const record = readRecord(folder, key);
	if (record === undefined) return undefined;
	const { image, superuserPassword } = record;
	try {
		const running = await runTemporary(engine, {
			image,
			superuserPassword,
			settings: requestedSettings(options),
			...access,
		});
		noteUseOf(folder, key);
		return { running, record };
	} catch (error) {
		if (await hasImage(engine, image)) {
			if (!isDamage(error)) throw error;
			warnOfDamage(image, error);
			await removeImage(engine, image);
		}
		removeRecord(folder, key);
		return undefined;
	}
}

/**
 * The file that names the image is written last, so that an incomplete snapshot of a killed process is not
 * used.
 */
async function publish(
	{ engine, folder }: Context,
	key: string,
	running: RunningContainer,
	from: SnapshotRecord,
): Promise<void> {
	const { superuserPassword, generation } = from;
	mkdirSync(folder, { recursive: true });
	const image = await commitImage(engine, running, folder, key);
	try {
		const [whole = 0, before = 0] = [
			await sizeOf(engine.docker, image),
			await sizeOf(engine.docker, from.image),
		];
		const record = { image, superuserPassword, bytes: whole - before, generation: generation + 1 };
		writeRecord(folder, key, record);
	} catch (error) {
		await removeImage(engine, image);
		throw error;
	}
}
