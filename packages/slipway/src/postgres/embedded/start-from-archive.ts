import { statSync } from 'node:fs';
import { hasCode, SlipwayError } from '../../errors.ts';
import { isDamage } from '../snapshots/index.ts';
import { unpackCluster } from './archive.ts';
import { canClone, cloneCluster } from './clone.ts';
import { type EmbeddedOptions, type ManagedServer, startManaged, toPostgresServer } from './embedded.ts';
import { mountSnapshot, skipTrial, stopMounting, whyNotMounted } from './mount.ts';
import type { Programs } from './programs.ts';
import { discardUnpacked, ensureUnpacked, unpackedOf } from './unpacked-snapshot.ts';
import { freshState, isIntact, isMountable } from './unpacked-state.ts';

type Options = Omit<EmbeddedOptions, 'directory'>;

/** Starts a server whose files are a copy of those in `archive`. */
export async function startFromArchive(archive: string, options: Options): Promise<ManagedServer> {
	const fillFolder = (folder: string, programs: Programs) => fill.unpack(archive, folder, programs);
	return await startManaged(options, { bytes: statSync(archive).size, fill: fillFolder });
}

/**
 * The same in constant time, where the system can mount or clone the unpacked files: then the server copies only
 * what it opens. If that fails, or somebody has changed the unpacked files, the archive is used.
 */
export async function startFromUnpacked(archive: string, options: Options): Promise<ManagedServer> {
	const unpacked = unpackedOf(archive);
	let way: Way = 'unpack';
	let intact = Promise.resolve(true);
	try {
		const fillFolder = async (folder: string, programs: Programs) => {
			way = await wayOf(archive, folder, programs);
			if (way !== 'unpack') intact = isIntact(unpacked);
			return await fill[way](archive, folder, programs);
		};
		const managed = await startManaged(options, { bytes: statSync(archive).size, fill: fillFolder });
		if (await intact) return managed;
		await toPostgresServer(managed).stop();
	} catch (error) {
		if (way === 'unpack' || !mayBeDueToWay(error)) throw error;
		if (way === 'mount' && (await intact)) stopMounting((error as Error).message);
	}
	if (!(await intact)) discardUnpacked(unpacked);
	return await startFromArchive(archive, options);
}

/** How a server gets the files of its snapshot. */
export type Way = 'mount' | 'clone' | 'unpack';

/** Fills the folder of a server. Resolves with how to start the programs on it. */
const fill: Record<Way, (archive: string, folder: string, programs: Programs) => Promise<Programs>> = {
	mount: async (archive, folder, programs) => {
		return { ...programs, launch: mountSnapshot(unpackedOf(archive), folder, programs.launch) };
	},
	clone: async (archive, folder, programs) => {
		await cloneCluster(unpackedOf(archive), folder, programs);
		return programs;
	},
	unpack: async (archive, folder, programs) => {
		await unpackCluster(archive, folder, programs);
		return programs;
	},
};

/** Unpacks the archive if its files can be mounted or cloned. */
async function wayOf(archive: string, folder: string, programs: Programs): Promise<Way> {
	const unpacked = unpackedOf(archive);
	const state = freshState(unpacked, archive);
	if (state?.mounts) skipTrial();
	const mounts = (await whyNotMounted(folder, programs.launch)) === undefined;
	const clones = () => canClone(archive, folder);
	if (!mounts && !clones()) return 'unpack';
	if (state === undefined && !(await unpacks(archive, programs, mounts))) return 'unpack';
	if (mounts && isMountable(unpacked, programs.launch)) return 'mount';
	return clones() ? 'clone' : 'unpack';
}

/** False if the folder for unpacked snapshots cannot be used, which nobody needs to fix. */
async function unpacks(archive: string, programs: Programs, mounts: boolean): Promise<boolean> {
	try {
		await ensureUnpacked(archive, programs, mounts);
		return true;
	} catch (error) {
		if (isDamage(error)) throw error;
		stopMounting((error as Error).message);
		return false;
	}
}

/** Other errors would also occur if the server had its own files. */
const mayBeDueToWay = (error: unknown) =>
	isDamage(error) ||
	hasCode(error, 'ENOENT') ||
	(error instanceof SlipwayError && error.code === 'unwritable');
