import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerInfo } from 'dockerode';
import { SlipwayError } from '../../errors.ts';
import { writeAtomically } from '../../files.ts';
import type { Engine } from './engine.ts';
import { ignoreNotFound } from './ignore-not-found.ts';
import { dataLabels, directoryOf, label } from './labels.ts';
import { newPassword } from './superuser.ts';

/** The file in a server's directory, if the data itself is in a volume of the engine. */
export interface Volume {
	readonly name: string;
	/** Default: `postgres`. */
	readonly superuser?: string;
	readonly superuserPassword: string;
	/** The last published port. */
	readonly port?: number;
}

const fileIn = (directory: string) => join(directory, 'volume.json');

/** The volume of `directory`, which is created if there is none. */
export async function ensureVolume({ docker }: Engine, directory: string): Promise<Volume> {
	const volume = readVolume(directory) ?? {
		name: `slipway-${randomBytes(6).toString('hex')}`,
		superuserPassword: newPassword(),
	};
	writeVolume(directory, volume);
	await docker.createVolume({ Name: volume.name, Labels: dataLabels(directory) });
	return volume;
}

/** Undefined if `directory` has never been used. */
export function readVolume(directory: string): Volume | undefined {
	const file = fileIn(directory);
	if (!existsSync(file)) return undefined;
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Volume;
	} catch (error) {
		throw new SlipwayError(
			'volume-unknown',
			`the file ${file}, which names the volume with the data, is damaged`,
			'Restore it from a backup, or start over: npx slipway clean --erase',
			{ cause: error },
		);
	}
}

export function writeVolume(directory: string, volume: Volume): void {
	mkdirSync(directory, { recursive: true });
	writeAtomically(fileIn(directory), JSON.stringify(volume), { flush: true });
}

/**
 * Makes sure that no server runs on the volume. The caller has locked its directory, so a server that still
 * runs has lost its process and is about to end. PostgreSQL's own lock file does not help: its pid means
 * nothing in another container. `running`: containers of others that do not run may keep it.
 */
export async function freeVolume(
	{ docker }: Engine,
	name: string,
	{ running = false }: { readonly running?: boolean } = {},
): Promise<void> {
	for (const { Id, Names, Labels, State } of await usersOf(docker, name, !running)) {
		if (Labels[label.kind] !== 'server') throw usedByOther(name, Names[0] ?? Id, Labels);
		const container = docker.getContainer(Id);
		if (State === 'running') await container.stop({ t: 25 }).catch(ignoreNotFound);
		await container.remove({ force: true, v: true }).catch(ignoreNotFound);
		await container.wait({ condition: 'removed' }).catch(ignoreNotFound);
	}
}

/** The published port of the server that runs on the volume, if any. */
export async function portOf({ docker }: Engine, name: string): Promise<number | undefined> {
	const [server] = await usersOf(docker, name);
	return server?.Ports.find(({ PublicPort }) => PublicPort !== undefined)?.PublicPort;
}

/** Whether the engine has a volume of this name. To mount one that it lacks would create it. */
export async function isVolume({ docker }: Engine, name: string): Promise<boolean> {
	try {
		await docker.getVolume(name).inspect();
		return true;
	} catch (error) {
		ignoreNotFound(error);
		return false;
	}
}

function usersOf(docker: Engine['docker'], volume: string, all = true): Promise<ContainerInfo[]> {
	return docker.listContainers({ all, filters: { volume: [volume] } });
}

function usedByOther(volume: string, path: string, labels: Readonly<Record<string, string>>): SlipwayError {
	const container = path.replace(/^\//, '');
	const stack = labels['com.docker.compose.project'];
	return new SlipwayError(
		'directory-in-use',
		`the volume ${volume} is in use by the container ${container}`,
		stack === undefined
			? `Remove that container first: docker rm -f ${container}`
			: `Stop the stack first: docker compose --project-name ${stack} down`,
	);
}

/**
 * Removes the volume of `directory` with its data, and any other that was created for this directory, even if
 * its file no longer names it. The caller has locked the directory. Resolves with their names.
 */
export async function eraseVolumes(engine: Engine, directory: string): Promise<string[]> {
	const known = readVolume(directory)?.name;
	return await eraseWhere(engine, (owner, name) => owner === directory || name === known);
}

/**
 * Removes the volumes whose directory no longer exists, if `isOurs` of its path: for those that belonged to
 * tests.
 */
export async function eraseForgotten(
	engine: Engine,
	isOurs: (directory: string) => boolean,
): Promise<string[]> {
	return await eraseWhere(engine, (owner) => owner !== undefined && isOurs(owner) && !existsSync(owner));
}

/** The directory is undefined if it is on another machine. */
type Condition = (directory: string | undefined, name: string) => boolean;

async function eraseWhere(engine: Engine, isErased: Condition): Promise<string[]> {
	const { docker } = engine;
	const { Volumes } = await docker.listVolumes({ filters: { label: [`${label.kind}=data`] } });
	const names = (Volumes ?? [])
		.filter(({ Name, Labels }) => isErased(directoryOf(Labels), Name))
		.map(({ Name }) => Name);
	for (const name of names) {
		await freeVolume(engine, name);
		await docker.getVolume(name).remove().catch(ignoreNotFound);
	}
	return names;
}
