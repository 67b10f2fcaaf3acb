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
import { ensureImage } from './image.ts';
import { runInVolume } from './run-in-volume.ts';
import { freeVolume, readVolume, type Volume } from './volume.ts';

/** Each version has a folder of the same volume, so that the later one replaces the other when it gets its name. */
export const containerUpgrades: Upgrades = {
	versionOf: async (directory, image = imageOf()) => {
		const volume = readVolume(directory);
		return volume && (await versionsIn(await engineWith(image), image, volume)).at(-1);
	},
	start: async (directory, options) => {
		const lock = await lockDirectory(directory, options.command);
		try {
			return await startBoth(requireVolume(directory), options, lock);
		} catch (error) {
			lock[Symbol.dispose]();
			throw error;
		}
	},
	finish: async (directory, image = imageOf()) => {
		using _lock = await lockDirectory(directory, 'another Slipway command');
		const volume = requireVolume(directory);
		const engine = await engineWith(image);
		const kept = (await versionsIn(engine, image, volume)).slice(0, -1);
		if (kept.length > 0) await runInVolume(engine, image, volume.name, `rm -rf ${kept.join(' ')}`);
		return kept.map((version) => ({ kind: 'folder', name: nameOf(volume, version) }));
	},
};

const nameOf = ({ name }: Volume, version: number) => `${version}/docker of the volume ${name}`;

async function engineWith(image: string): Promise<Engine> {
	const engine = await connectEngine();
	await ensureImage(engine, image);
	return engine;
}

/** The oldest first. */
async function versionsIn(engine: Engine, image: string, { name }: Volume): Promise<number[]> {
	const script = 'for file in */docker/PG_VERSION; do [ ! -f "$file" ] || cat "$file"; done';
	const output = await runInVolume(engine, image, name, script);
	return (output.match(/\d+/g) ?? []).map(Number).toSorted((a, b) => a - b);
}

function requireVolume(directory: string): Volume {
	const volume = readVolume(directory);
	if (volume !== undefined) return volume;
	throw new SlipwayError(
		'no-server',
		`there is no data in a volume for ${directory}`,
		'Run npx slipway dev or npx slipway up with SLIPWAY_POSTGRES=container first.',
	);
}

/** The folder of the volume in which the later version is filled. */
const work = 'upgrade';

async function startBoth(volume: Volume, options: UpgradeOptions, lock: Disposable): Promise<UpgradeServers> {
	const { from, to, fromImage = imageOf(from), toImage = imageOf(to) } = options;
	const engine = await engineWith(toImage);
	await ensureImage(engine, fromImage);
	await freeVolume(engine, volume.name);
	const inVolume = (script: string) => runInVolume(engine, toImage, volume.name, script);
	await inVolume(`rm -rf ${work}`);
	const servers: PostgresServer[] = [];
	const start = async (image: string, folder: string, settings: typeof loadSettings) => {
		const { runContainer } = await import('./run.ts');
		const { name, superuserPassword } = volume;
		const container = await runContainer(engine, {
			image,
			settings,
			superuserPassword,
			volume: name,
			folder,
		});
		const server = toPostgresServer(container, { [Symbol.dispose]: () => {} });
		servers.push(server);
		return server;
	};
	const stop = async () => {
		for (const server of servers) await server.stop();
	};
	try {
		const source = await start(fromImage, home, readOnlySettings);
		const target = await start(toImage, `${home}/${work}`, loadSettings);
		return {
			from: source,
			to: target,
			publish: async () => {
				await stop();
				await inVolume(`sync; mkdir -p ${to}; mv ${work}/${to}/docker ${to}/docker; sync`);
				return nameOf(volume, from);
			},
			[Symbol.asyncDispose]: async () => {
				await stop();
				await inVolume(`rm -rf ${work}`);
				lock[Symbol.dispose]();
			},
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
