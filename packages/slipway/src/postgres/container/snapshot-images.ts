import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { ImageInfo } from 'dockerode';
import { snapshotsToEvict } from '../snapshots/index.ts';
import type { Engine } from './engine.ts';
import { ignoreNotFound } from './ignore-not-found.ts';
import { directoryOf, label, snapshotLabels } from './labels.ts';
import type { RunningContainer } from './run.ts';
import { listRecords, removeRecord } from './snapshot-record.ts';

/**
 * Shuts the server down and commits its container to an image, which is not used until a file in `folder`
 * names it.
 */
export async function commitImage(
	{ docker }: Engine,
	{ id, stdio }: RunningContainer,
	folder: string,
	key: string,
): Promise<string> {
	stdio.write('pack');
	await stdio.printed('slipway-packed');
	const [repo = '', tag] = `${prefixOf(key)}${randomBytes(6).toString('hex')}`.split(':');
	await docker.getContainer(id).commit({
		_query: { container: id, repo, tag, pause: false },
		_body: { Labels: snapshotLabels(folder), Entrypoint: [], Cmd: ['postgres'] },
	});
	return `${repo}:${tag}`;
}

const prefixOf = (key: string) => `slipway-snapshot:${key.slice(0, 16)}-`;

export async function hasImage({ docker }: Engine, image: string): Promise<boolean> {
	return (await sizeOf(docker, image)) !== undefined;
}

/** Undefined if it does not exist. */
export async function sizeOf(docker: Engine['docker'], image: string): Promise<number | undefined> {
	try {
		return (await docker.getImage(image).inspect()).Size;
	} catch (error) {
		if ((error as { statusCode?: number }).statusCode === 404) return undefined;
		throw error;
	}
}

/** Resolves with false if a container uses it. */
export async function removeImage({ docker }: Engine, image: string): Promise<boolean> {
	try {
		await docker.getImage(image).remove();
		return true;
	} catch (error) {
		ignoreNotFound(error);
		return (error as { statusCode?: number }).statusCode === 404;
	}
}

/**
 * Evicts snapshots of `folder` by the policy, and removes unnamed images. The caller has the lock of `key`.
 */
export async function evictImages(engine: Engine, folder: string, key: string): Promise<void> {
	for (const { key, image } of snapshotsToEvict(listRecords(folder)))
		if (await removeImage(engine, image)) removeRecord(folder, key);
	const images = await listImages(engine);
	const known = new Set(listRecords(folder).map(({ image }) => image));
	const isAbandoned = (image: ImageInfo) => {
		const [name = ''] = image.RepoTags ?? [];
		return !known.has(name) && (ageOf(image) > abandonedSeconds || name.startsWith(prefixOf(key)));
	};
	await removeAll(
		engine,
		images.filter((image) => directoryOf(image.Labels) === folder && isAbandoned(image)),
	);
	await removeLostImages(engine);
}

/** Seconds since its creation. */
const ageOf = ({ Created }: ImageInfo) => Date.now() / 1000 - Created;

/** An image that no file names by then belongs to a dead process. */
const abandonedSeconds = 600;

/**
 * Whether a snapshot of another machine, or of a container with its own host name, is still used cannot be
 * known here. If it is, it is created again.
 */
const elsewhereSeconds = 30 * 24 * 60 * 60;

/**
 * Removes images whose folder on this machine no longer exists, and images of other machines that are older
 * than a month. Resolves with their names.
 */
export async function removeLostImages(engine: Engine): Promise<string[]> {
	const isLost = (image: ImageInfo) => {
		const folder = directoryOf(image.Labels);
		return folder === undefined ? ageOf(image) > elsewhereSeconds : !existsSync(folder);
	};
	return await removeAll(engine, (await listImages(engine)).filter(isLost));
}

/** Removes all snapshots of `folder` from the engine, and resolves with their images' names. */
export async function eraseSnapshots(engine: Engine, folder: string): Promise<string[]> {
	if (existsSync(folder)) for (const { key } of listRecords(folder)) removeRecord(folder, key);
	const images = await listImages(engine);
	return await removeAll(
		engine,
		images.filter((image) => directoryOf(image.Labels) === folder),
	);
}

function listImages({ docker }: Engine): Promise<ImageInfo[]> {
	return docker.listImages({ filters: { label: [`${label.kind}=snapshot`] } });
}

async function removeAll(engine: Engine, images: readonly ImageInfo[]): Promise<string[]> {
	const removed: string[] = [];
	for (const { Id, RepoTags } of images) {
		const name = RepoTags?.[0] ?? Id;
		if (await removeImage(engine, name)) removed.push(name);
	}
	return removed;
}
