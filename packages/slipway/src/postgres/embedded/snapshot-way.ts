import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { canClone } from './clone.ts';
import { clusterIn } from './cluster-folder.ts';
import { whyNotMounted } from './mount.ts';
import type { Way } from './start-from-archive.ts';
import { newTemporaryServerFolder, removalOf } from './temporary-server.ts';
import { chooseLaunch } from './user.ts';

/** How servers of `project` get the files of their snapshot, and why they do not mount them. What killed processes left stays. */
export async function snapshotWay(project: string): Promise<{ way: Way; reason?: string }> {
	const { folder, guard } = newTemporaryServerFolder();
	using _guard = guard;
	using _removal = removalOf(folder);
	const reason = await whyNotMountedIn(folder);
	if (reason === undefined) return { way: 'mount' };
	return { way: canClone(join(project, 'package.json'), folder) ? 'clone' : 'unpack', reason };
}

async function whyNotMountedIn(folder: string): Promise<string | undefined> {
	try {
		return await whyNotMounted(folder, await chooseLaunch(clusterIn(folder)));
	} catch (error) {
		if (error instanceof SlipwayError) return error.message;
		throw error;
	}
}
