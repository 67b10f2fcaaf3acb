import { tmpdir } from 'node:os';
import { checkoutFiles } from '../dev/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	connectEngine,
	eraseForgotten,
	removeDeadFolders,
	removeKeptFolders,
	removeLeftovers,
	removeLostImages,
	removeThrowAways,
	temporaryFolder,
} from '../postgres/index.ts';

export interface Cleaned {
	/** What was removed. */
	readonly removed: readonly Leftover[];
	/** Why there was no looking for containers, where no engine answers. */
	readonly engine?: string;
}

export interface Leftover {
	readonly kind: 'container' | 'volume' | 'network' | 'image' | 'snapshot' | 'server' | 'folder' | 'file';
	readonly name: string;
}

/** Ends and removes what runs of Slipway that were killed have left: on the container engine, and in this user's files. */
export async function clean(root: string): Promise<Cleaned> {
	// Volumes outlive the folders of the tests that they were for.
	const [files, engine] = [await cleanFiles(root), await cleanEngine()];
	return { ...engine, removed: [...files, ...engine.removed] };
}

/** Where no engine answers there is nothing of ours that runs; that is said, and is no fault. */
async function cleanEngine(): Promise<Cleaned> {
	try {
		const engine = await connectEngine();
		const { containers, volumes, networks, images } = await removeLeftovers(engine);
		const data = await eraseForgotten(engine, (directory) => directory.includes(`/${testFolder}`));
		const snapshots = await removeLostImages(engine);
		const all = [...as('container', containers), ...as('volume', [...volumes, ...data])];
		return { removed: [...all, ...as('network', networks), ...as('image', [...images, ...snapshots])] };
	} catch (error) {
		if (error instanceof SlipwayError) return { removed: [], engine: error.message };
		throw error;
	}
}

const testFolder = 'slipway-test-';

/** What no claim says the owner of is somebody's work for a day. */
const respite = { unclaimed: 24 * 60 * 60 * 1000 };

/** Servers first: they may run on what lies in the folders. */
async function cleanFiles(root: string): Promise<readonly Leftover[]> {
	const parents = new Set([tmpdir(), temporaryFolder()]);
	const removed: Leftover[] = [];
	for (const parent of parents) removed.push(...as('server', await removeThrowAways(parent)));
	for (const parent of parents) removed.push(...as('folder', await removeKeptFolders(parent)));
	for (const parent of parents)
		removed.push(...as('folder', await removeDeadFolders(parent, testFolder, respite)));
	removed.push(...as('folder', await removeDeadFolders(checkoutFiles(root), 'bench-', respite)));
	return removed;
}

const as = (kind: Leftover['kind'], names: readonly string[]): Leftover[] =>
	names.map((name) => ({ kind, name }));
