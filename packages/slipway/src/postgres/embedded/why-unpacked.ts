import { SlipwayError } from '../../errors.ts';
import { clusterIn } from './cluster-folder.ts';
import { whyNotMounted } from './mount.ts';
import { createTemporaryServerFolder, removalOf } from './temporary-server.ts';
import { chooseLaunch } from './user.ts';

/** Why each server unpacks its snapshot; undefined if servers mount them. */
export async function whyUnpacked(): Promise<string | undefined> {
	const { folder, guard } = await createTemporaryServerFolder();
	using _guard = guard;
	using _removal = removalOf(folder);
	try {
		return await whyNotMounted(folder, await chooseLaunch(clusterIn(folder)));
	} catch (error) {
		if (error instanceof SlipwayError) return error.message;
		throw error;
	}
}
