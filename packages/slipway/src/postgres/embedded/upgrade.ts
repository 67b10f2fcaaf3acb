import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { PostgresVersion } from '../../postgres-versions.ts';
import { lockDirectory } from '../directory-lock.ts';
import { explainFileError } from '../file-errors.ts';
import type { PostgresServer } from '../postgres-server.ts';
import type { ServerSettings } from '../server-settings.ts';
import {
	loadSettings,
	readOnlySettings,
	type UpgradeOptions,
	type UpgradeServers,
	type Upgrades,
} from '../upgrade.ts';
import { ensureBinaries } from './binaries.ts';
import { type Cluster, readCluster } from './cluster.ts';
import { clusterIn } from './cluster-folder.ts';
import { toPostgresServer } from './embedded.ts';
import { createCluster, flushCluster } from './initdb.ts';
import { endOrphan } from './postmaster.ts';
import { type Programs, preparePrograms } from './programs.ts';
import { guardPath } from './removal-guard.ts';
import { startServer } from './server.ts';
import { keptClusterIn, keptClusters, replaceCluster, settleReplacement, successorIn } from './swap.ts';

/** Both clusters are folders of the server's directory: the later one becomes `cluster`, the other `cluster-17`. */
export const embeddedUpgrades: Upgrades = {
	inDirectory: true,
	versionOf: async (directory) => {
		const file = [clusterIn(directory), successorIn(directory)]
			.map((cluster) => join(cluster, 'data/PG_VERSION'))
			.find((each) => existsSync(each));
		return file === undefined ? undefined : Number(readFileSync(file, 'utf8'));
	},
	complete: async (directory) => {
		if (existsSync(clusterIn(directory))) return;
		using _lock = await lockDirectory(directory, 'another Slipway command');
		settleReplacement(directory);
	},
	start: async (directory, options) => {
		const lock = await lockDirectory(directory, options.command);
		try {
			settleReplacement(directory);
			return await startBoth(directory, options, lock);
		} catch (error) {
			lock[Symbol.dispose]();
			throw explainFileError(error, directory);
		}
	},
	finish: async (directory) => {
		using _lock = await lockDirectory(directory, 'another Slipway command');
		const kept = keptClusters(directory);
		for (const folder of kept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		return kept.map((name) => ({ kind: 'folder', name }));
	},
};

const workPrefix = 'upgrade-';

async function startBoth(
	directory: string,
	{ from, to }: UpgradeOptions,
	lock: Disposable,
): Promise<UpgradeServers> {
	const kept = keptClusterIn(directory, from);
	if (existsSync(kept)) throw notFinished(kept);
	await removeWork(directory);
	const work = mkdtempSync(join(directory, workPrefix));
	const guard = guardPath(work);
	const [fromFolder, toFolder] = ['from', 'to'].map((name) => join(work, name)) as [string, string];
	const successor = clusterIn(toFolder);
	const servers: PostgresServer[] = [];
	let later: Programs;
	const stop = async () => {
		for (const server of servers) await server.stop();
		rmSync(work, { recursive: true, force: true, maxRetries: 5 });
		guard[Symbol.dispose]();
	};
	try {
		const original = readCluster(directory);
		const old = await prepareIn(fromFolder, from, readOnlySettings, clusterIn(directory));
		servers.push(await startOn(fromFolder, original, old));
		later = await prepareIn(toFolder, to, loadSettings, clusterIn(directory));
		await createCluster(successor, later, original.superuserPassword);
		servers.push(await startOn(toFolder, readCluster(toFolder), later));
	} catch (error) {
		await stop();
		throw error;
	}
	const [source, target] = servers as [PostgresServer, PostgresServer];
	return {
		from: source,
		to: target,
		publish: async () => {
			for (const server of servers) await server.stop();
			await flushCluster(successor, later);
			replaceCluster(directory, successor, kept);
			return kept;
		},
		[Symbol.asyncDispose]: async () => {
			await stop();
			lock[Symbol.dispose]();
		},
	};
}

/** Removes what a killed upgrade left. The caller has locked the directory. */
async function removeWork(directory: string): Promise<void> {
	const names = readdirSync(directory).filter((name) => name.startsWith(workPrefix));
	for (const path of names.map((name) => join(directory, name))) {
		await endOrphan(join(clusterIn(join(path, 'to')), 'data'));
		rmSync(path, { recursive: true, force: true, maxRetries: 5 });
	}
	rmSync(successorIn(directory), { recursive: true, force: true, maxRetries: 5 });
}

/** Each version has its own libraries in `folder`. Both run as the user that owns `cluster`. */
async function prepareIn(
	folder: string,
	version: PostgresVersion,
	settings: ServerSettings,
	cluster: string,
): Promise<Programs> {
	mkdirSync(folder);
	const binaries = await ensureBinaries({ version });
	return await preparePrograms(binaries, folder, true, settings, cluster);
}

/** `folder`: for its log and its port, which is another one than usual, so that no client reconnects to it. */
async function startOn(folder: string, cluster: Cluster, programs: Programs): Promise<PostgresServer> {
	const server = await startServer({ directory: folder, data: cluster.data }, programs);
	const files = { [Symbol.dispose]: () => {} };
	return toPostgresServer({
		server,
		cluster,
		folder,
		programs,
		durable: true,
		files,
		certificate: undefined,
	});
}

function notFinished(kept: string): SlipwayError {
	return new SlipwayError(
		'upgrade-not-finished',
		`the data from before an earlier upgrade is still kept in ${kept}`,
		'Remove it, if you do not need it: npx slipway db upgrade --finish',
	);
}
