import type { ContainerInfo } from 'dockerode';
import { currentProcess, type ProcessIdentity, stateOf } from '../process-identity.ts';
import type { Engine } from './engine.ts';
import { ignoreNotFound } from './ignore-not-found.ts';
import { label, ownerOf } from './labels.ts';

/** The names of what was removed from an engine, by kind. */
interface RemovedByKind {
	readonly containers: readonly string[];
	readonly volumes: readonly string[];
	readonly networks: readonly string[];
	readonly images: readonly string[];
}

let swept: Promise<unknown> | undefined;

/**
 * Removes the containers of dead processes, when this process first starts a server. If that fails, the next
 * start retries.
 */
export function sweepOnce(engine: Engine): Promise<unknown> {
	swept ??= removeContainers(engine).catch(() => {
		swept = undefined;
	});
	return swept;
}

/**
 * Removes what dead processes left on the engine. What has no owner is foreign, or kept on purpose. An owner
 * on another machine or in another container may be alive or dead. Of theirs, only containers that were
 * created more than an hour ago and do not run are removed: a running one ends with its owner, which holds
 * its stdio.
 */
export async function removeLeftovers(engine: Engine): Promise<RemovedByKind> {
	const containers = await removeContainers(engine);
	// The rest can be removed once no container uses it.
	const [volumes, networks, images] = await Promise.all([
		removeVolumes(engine),
		removeNetworks(engine),
		removeImages(engine),
	]);
	return { containers, volumes, networks, images };
}

const owned = { filters: { label: [label.owner] } };

async function removeContainers({ docker }: Engine): Promise<string[]> {
	const all = await docker.listContainers({ all: true, ...owned });
	const left = all.filter(isLeftContainer);
	await Promise.all(
		left.map(async ({ Id, State }) => {
			const container = docker.getContainer(Id);
			// A server with a volume may be writing its last checkpoint.
			if (State === 'running') await container.stop({ t: 25 }).catch(ignoreNotFound);
			await container.remove({ force: true, v: true }).catch(ignoreNotFound);
			// Another process may be removing it. Its volumes and network are in use until then.
			const abortSignal = AbortSignal.timeout(10_000);
			await container.wait({ condition: 'removed', abortSignal }).catch((error) => {
				if (!abortSignal.aborted) ignoreNotFound(error);
			});
		}),
	);
	return left.map(({ Names, Id }) => Names[0]?.slice(1) ?? Id);
}

/** Whether a container is one that `removeLeftovers` removes. */
export function isLeftContainer({
	Labels,
	State,
	Created,
}: Pick<ContainerInfo, 'Labels' | 'State' | 'Created'>): boolean {
	const owner = ownerOf(Labels);
	if (owner === undefined) return false;
	// Machines that share an engine may have the same name.
	const state = owner.boot === currentProcess().boot ? stateOf(owner) : 'elsewhere';
	if (state === 'elsewhere') return State !== 'running' && Date.now() / 1000 - Created > 3600;
	return state === 'dead';
}

async function removeVolumes({ docker }: Engine): Promise<string[]> {
	const { Volumes } = await docker.listVolumes(owned);
	const left = (Volumes ?? []).filter(({ Labels }) => isDead(ownerOf(Labels)));
	return await removeEach(left, ({ Name }) => docker.getVolume(Name).remove());
}

async function removeNetworks({ docker }: Engine): Promise<string[]> {
	const left = (await docker.listNetworks(owned)).filter(({ Labels }) => isDead(ownerOf(Labels)));
	return await removeEach(left, ({ Id }) => docker.getNetwork(Id).remove());
}

async function removeImages({ docker }: Engine): Promise<string[]> {
	const left = (await docker.listImages(owned)).filter(({ Labels }) => isDead(ownerOf(Labels)));
	const named = left.map(({ Id, RepoTags }) => ({ Id, Name: RepoTags?.[0] ?? Id }));
	return await removeEach(named, ({ Id }) => docker.getImage(Id).remove({ force: true }));
}

/** Resolves with the names of what was removed: another process may have started to use the rest. */
async function removeEach<T extends { readonly Name: string }>(
	left: readonly T[],
	remove: (item: T) => Promise<unknown>,
): Promise<string[]> {
	const names = await Promise.all(left.map((item) => remove(item).then(() => item.Name, ignoreNotFound)));
	return names.filter((name) => name !== undefined);
}

const isDead = (owner: ProcessIdentity | undefined) => owner !== undefined && stateOf(owner) === 'dead';
