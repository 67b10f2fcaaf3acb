import { SlipwayError } from '../../errors.ts';
import { imageOf } from '../../postgres-versions.ts';
import { lockDirectory } from '../directory-lock.ts';
import type { PostgresServer } from '../postgres-server.ts';
import {
	loadSettings,
	readOnlySettings,
	type UpgradeOptions,
	type UpgradeServers,
	type Upgrades,
} from '../upgrade.ts';
import { toPostgresServer } from './container.ts';
import { connectEngine, type Engine } from './engine.ts';
import { home } from './home.ts';
import { ensureImage, requestedImage } from './image.ts';
import { runInVolume } from './run-in-volume.ts';
import type { ServerPlan } from './server-plan.ts';
import { listClusters, publishUpgrade, settleUpgrade, work } from './settle-upgrade.ts';
import { freeVolume, isVolume, readVolume, type Volume } from './volume.ts';

/**
 * Each version gets a folder of the same volume, so that the later one replaces the other when it gets its name.
 * `find`: the volume of a directory.
 */
export function volumeUpgrades(find: (directory: string) => Volume | undefined): Upgrades {
	return {
		inDirectory: false,
		versionOf: async (directory, image = imageOf()) => {
			const volume = find(directory);
			if (volume === undefined) return undefined;
			const engine = await engineWith(image);
			if (!(await isVolume(engine, volume.name))) return undefined;
			return (await clustersIn(engine, image, volume)).at(-1)?.version;
		},
		complete: async (directory, image = imageOf()) => {
			const volume = requireVolume(find(directory), directory);
			const engine = await engineWith(image);
			if (!isInterrupted(await clustersIn(engine, image, volume))) return;
			using _lock = await lockDirectory(directory, 'another Slipway command');
			await settle(engine, image, volume);
		},
		start: async (directory, options) => {
			const lock = await lockDirectory(directory, options.command);
			try {
				return await startBoth(requireVolume(find(directory), directory), options, lock);
			} catch (error) {
				lock[Symbol.dispose]();
				throw error;
			}
		},
		finish: async (directory, settings) => {
			using _lock = await lockDirectory(directory, 'another Slipway command');
			const volume = requireVolume(find(directory), directory);
			const image = requestedImage(settings);
			const engine = await engineWith(image);
			if (isInterrupted(await clustersIn(engine, image, volume))) await settle(engine, image, volume);
			const clusters = await clustersIn(engine, image, volume);
			const latest = clusters.at(-1)?.version ?? 0;
			const kept = clusters
				.filter(({ version, folder }) => version < latest && folder === folderOf(version))
				.map(({ version }) => version);
			if (kept.length === 0) return [];
			const used = await versionIn(engine, image, volume);
			if (used < latest) throw oldDataInUse(used, latest);
			await runInVolume(engine, image, volume.name, `rm -rf ${kept.join(' ')}`);
			return kept.map((version) => ({ kind: 'folder', name: nameOf(volume, version) }));
		},
	};
}

export const containerUpgrades: Upgrades = volumeUpgrades(readVolume);

/** As in images from PostgreSQL 18 on. */
const folderOf = (version: number) => `${version}/docker`;
const nameOf = ({ name }: Volume, version: number) => `${folderOf(version)} of the volume ${name}`;

async function engineWith(image: string): Promise<Engine> {
	const engine = await connectEngine();
	await ensureImage(engine, image);
	return engine;
}

interface Cluster {
	readonly version: number;
	/** Its data directory in the volume. */
	readonly folder: string;
}

/** The oldest first. */
async function clustersIn(engine: Engine, image: string, { name }: Volume): Promise<Cluster[]> {
	const output = await runInVolume(engine, image, name, listClusters);
	return [...output.matchAll(/^cluster (\d+) (\S+)/gm)]
		.map(([, version, folder = '']) => ({ version: Number(version), folder }))
		.toSorted((a, b) => a.version - b.version);
}

/** Whether an upgrade was interrupted at its end. Its data is complete, but not all of it has its place. */
const isInterrupted = (clusters: readonly Cluster[]) =>
	clusters.some(({ folder }) => folder.startsWith(`${work}/`));

/** Completes such an upgrade. The caller has locked the directory. */
async function settle(engine: Engine, image: string, { name }: Volume): Promise<void> {
	await freeVolume(engine, name, { running: true });
	await runInVolume(engine, image, name, settleUpgrade);
}

/** The version of PostgreSQL in the image; 0 if it does not say. */
async function versionIn(engine: Engine, image: string, { name }: Volume): Promise<number> {
	const output = await runInVolume(engine, image, name, 'postgres --version');
	return Number(/\) (\d+)/.exec(output)?.[1] ?? 0);
}

function requireVolume(volume: Volume | undefined, directory: string): Volume {
	if (volume !== undefined) return volume;
	throw new SlipwayError(
		'no-server',
		`there is no data in a volume for ${directory}`,
		'Run npx slipway dev or npx slipway up with SLIPWAY_POSTGRES=container first.',
	);
}

function oldDataInUse(used: number, latest: number): SlipwayError {
	return new SlipwayError(
		'old-data-in-use',
		`the settings use PostgreSQL ${used}, whose data an upgrade to ${latest} has kept`,
		`Set POSTGRES_VERSION=${latest} to remove the data of ${used}.`,
	);
}

async function startBoth(volume: Volume, options: UpgradeOptions, lock: Disposable): Promise<UpgradeServers> {
	const { from, to, fromImage = imageOf(from), toImage = imageOf(to) } = options;
	const { name, superuser, superuserPassword } = volume;
	const engine = await engineWith(toImage);
	await ensureImage(engine, fromImage);
	await settle(engine, toImage, volume);
	const inVolume = (script: string) => runInVolume(engine, toImage, name, script);
	const clusters = await clustersIn(engine, toImage, volume);
	await inVolume(`rm -rf ${work}`);
	const old = clusters.find(({ version }) => version === from)?.folder ?? folderOf(from);
	const servers: PostgresServer[] = [];
	const start = async (plan: Pick<ServerPlan, 'image' | 'settings' | 'data' | 'folder'>) => {
		const { runContainer } = await import('./run.ts');
		const container = await runContainer(engine, { ...plan, superuser, superuserPassword, volume: name });
		const server = toPostgresServer(container, { [Symbol.dispose]: () => {} });
		servers.push(server);
		return server;
	};
	const stop = async () => {
		for (const server of servers) await server.stop();
	};
	try {
		const source = await start({ image: fromImage, settings: readOnlySettings, data: `${home}/${old}` });
		const target = await start({ image: toImage, settings: loadSettings, folder: `${home}/${work}` });
		return {
			from: source,
			to: target,
			publish: async () => {
				await stop();
				// Clients log in as before.
				const files = `${old}/pg_hba.conf ${old}/pg_ident.conf`;
				await inVolume(`cp ${files} ${work}/${to}/docker; sync${publishUpgrade}`);
				return nameOf(volume, from);
			},
			[Symbol.asyncDispose]: async () => {
				using _lock = lock;
				await stop();
				await inVolume(`${settleUpgrade}\nrm -rf ${work}`);
			},
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
