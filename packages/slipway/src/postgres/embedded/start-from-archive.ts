import { hasCode, SlipwayError } from '../../errors.ts';
import { isDamage } from '../snapshots/index.ts';
import { unpackCluster } from './archive.ts';
import { type EmbeddedOptions, type ManagedServer, startManaged, toPostgresServer } from './embedded.ts';
import { mountSnapshot, stopMounting, whyNotMounted } from './mount.ts';
import type { Programs } from './programs.ts';
import { discardUnpacked, ensureUnpacked, unpackedOf } from './unpacked-snapshot.ts';
import { isFresh, isIntact, isUsable } from './unpacked-state.ts';

type Options = Omit<EmbeddedOptions, 'directory'>;

/** Starts a server whose files are a copy of those in `archive`. */
export const startFromArchive = (archive: string, options: Options): Promise<ManagedServer> =>
	startManaged(options, async (folder, programs) => {
		await unpackCluster(archive, folder, programs);
		return programs;
	});

/**
 * The same in constant time, where the system can mount the unpacked files: the server copies only what it
 * opens. If the mount fails, or somebody has changed the unpacked files, the archive is used.
 */
export async function startMounted(archive: string, options: Options): Promise<ManagedServer> {
	let intact: Promise<boolean> | undefined;
	const unpacked = unpackedOf(archive);
	try {
		const managed = await startManaged(options, async (folder, programs) => {
			if (await ensureMountable(archive, folder, programs)) {
				intact = isIntact(unpacked);
				if (isUsable(unpacked, programs.launch))
					return { ...programs, launch: mountSnapshot(unpacked, folder, programs.launch) };
				intact = undefined;
			}
			await unpackCluster(archive, folder, programs);
			return programs;
		});
		if (intact === undefined || (await intact)) return managed;
		await toPostgresServer(managed).stop();
	} catch (error) {
		if (intact === undefined || !mayBeDueToMount(error)) throw error;
		if (await intact) stopMounting((error as Error).message);
	}
	if (!(await intact)) discardUnpacked(unpacked);
	return await startFromArchive(archive, options);
}

/** Whether there are files to mount. Unpacks them if they can be mounted. */
async function ensureMountable(archive: string, folder: string, programs: Programs): Promise<boolean> {
	// What was unpacked before shows that mounting works here, unless that was on another system.
	if (isFresh(unpackedOf(archive), archive)) return true;
	if ((await whyNotMounted(folder, programs.launch)) !== undefined) return false;
	try {
		await ensureUnpacked(archive, programs);
		return true;
	} catch (error) {
		if (isDamage(error)) throw error;
		stopMounting((error as Error).message);
		return false;
	}
}

/** Others would also occur if the server had its own files. */
const mayBeDueToMount = (error: unknown) =>
	isDamage(error) ||
	hasCode(error, 'ENOENT') ||
	(error instanceof SlipwayError && error.code === 'unwritable');
