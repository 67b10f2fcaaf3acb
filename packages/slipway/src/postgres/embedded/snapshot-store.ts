import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasCode, SlipwayError } from '../../errors.ts';
import { explainFileFault, removeFile } from '../file-faults.ts';
import { noteUse, type SnapshotStore, saysDamage, warnOfDamage } from '../snapshots/index.ts';
import { packCluster, unpackCluster } from './archive.ts';
import { findBinaries } from './binaries.ts';
import { collectSnapshots } from './collect.ts';
import { type EmbeddedOptions, type Holding, handOver, startHeld } from './embedded.ts';
import { postmasterPid } from './postmaster.ts';
import { trimData } from './trim.ts';

type Options = Pick<EmbeddedOptions, 'command' | 'settings'>;

/** Keeps snapshots as files of `folder`, each an archive of a cluster under its key. */
export function embeddedSnapshots(folder: string, options: Options = {}): SnapshotStore {
	const archiveOf = (key: string) => join(folder, `${key}.tar`);
	return {
		identity: [findBinaries().version, process.platform, process.arch],
		has: async (key) => existsSync(archiveOf(key)),
		start: async (key) => {
			const held = await startFrom(archiveOf(key), options);
			return held && handOver(held);
		},
		keep: async (key, base, prepare) => {
			const started = base === undefined ? undefined : await startFrom(archiveOf(base), options);
			const held = started ?? (await startHeld(options));
			await using server = handOver(held);
			await prepare(server);
			await shutDown(held);
			await publish(held, archiveOf(key));
			collectSnapshots(folder);
		},
	};
}

/** Undefined when there is no such snapshot, or one that is damaged, which is removed. */
async function startFrom(archive: string, options: Options): Promise<Holding | undefined> {
	if (!isReadable(archive)) return undefined;
	try {
		const held = await startHeld(options, (directory, programs) =>
			unpackCluster(archive, directory, programs),
		);
		noteUse(archive);
		return held;
	} catch (error) {
		// Another process may have found it damaged, or collected it.
		if (!existsSync(archive)) return undefined;
		if (!saysDamage(error)) throw error;
		warnOfDamage(archive, error);
		removeFile(archive);
		return undefined;
	}
}

/** False when it is not there. */
function isReadable(archive: string): boolean {
	try {
		accessSync(archive, constants.R_OK);
		return true;
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return false;
		throw explainFileFault(error, dirname(archive));
	}
}

/** Stops the server with a last checkpoint, and without its supervisor, which would remove the files. */
async function shutDown({ server, cluster: { data } }: Holding): Promise<void> {
	const pid = postmasterPid(data);
	if (pid !== undefined) process.kill(pid, 'SIGINT');
	const { code, output } = await server.ended;
	if (code === 0) return;
	throw new SlipwayError(
		'server-ended',
		`PostgreSQL did not shut down cleanly: ${output}`,
		'Mend what PostgreSQL names, then try again.',
	);
}

/** Under a private name until it is whole. The caller has the key's lock: what else has the key was left by the dead. */
async function publish({ cluster: { data }, programs }: Holding, archive: string): Promise<void> {
	const folder = dirname(archive);
	const unfinished = `${archive}.${randomBytes(4).toString('hex')}.unfinished`;
	try {
		for (const file of readdirSync(folder))
			if (file.startsWith(`${basename(archive)}.`)) rmSync(join(folder, file), { force: true });
		trimData(data);
		await packCluster(dirname(data), unfinished, programs);
		renameSync(unfinished, archive);
	} catch (error) {
		rmSync(unfinished, { force: true });
		throw explainFileFault(error, folder);
	}
}
