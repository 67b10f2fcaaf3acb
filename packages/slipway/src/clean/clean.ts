import { checkoutFiles } from '../dev/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	connectEngine,
	eraseForgotten,
	findDeadFolders,
	findKeptFolders,
	findTemporaryServers,
	removeDeadFolders,
	removeKeptFolders,
	removeLeftovers,
	removeLostImages,
	removeTemporaryServers,
	temporaryFolders,
} from '../postgres/index.ts';
import { parseTestServer } from '../settings/index.ts';
import { removeDead } from '../shared-server/index.ts';

export interface Cleaned {
	/** What was removed. */
	readonly removed: readonly Leftover[];
	/** Why containers were not checked: no engine answers. */
	readonly engine?: string;
	/** Why the shared test server was not checked. */
	readonly testServer?: string;
}

export interface Leftover {
	readonly kind:
		| 'container'
		| 'volume'
		| 'network'
		| 'image'
		| 'snapshot'
		| 'server'
		| 'database'
		| 'folder'
		| 'file';
	readonly name: string;
}

/**
 * Stops and removes what killed runs of Slipway left behind: on the container engine, in this user's files, and on the shared
 * server for tests with the URL `testServer`.
 */
export async function clean(root: string, testServer?: string): Promise<Cleaned> {
	// Files first: a volume counts as forgotten once the folder of its test is gone.
	const [files, engine] = [await cleanFiles(root), await cleanEngine()];
	const shared = testServer === undefined ? { removed: [] } : await cleanTestServer(testServer);
	return { ...engine, ...shared, removed: [...files, ...engine.removed, ...shared.removed] };
}

/** One that does not answer is no error, as with an engine. */
async function cleanTestServer(url: string): Promise<Cleaned> {
	try {
		return { removed: as('database', await removeDead(parseTestServer(url))) };
	} catch (error) {
		if (error instanceof SlipwayError) return { removed: [], testServer: error.message };
		throw error;
	}
}

/** Without an engine, no container can be running. That is reported, but it is not an error. */
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

/** What `clean` would remove of this user's files. */
export function findLeftoverFiles(root: string): readonly Leftover[] {
	const found = temporaryFolders().flatMap((parent) => [
		...as('server', findTemporaryServers(parent)),
		...as('folder', findKeptFolders(parent)),
		...as('folder', findDeadFolders(parent, testFolder, graceTime)),
	]);
	return [...found, ...as('folder', findDeadFolders(checkoutFiles(root), 'bench-', graceTime))];
}

const testFolder = 'slipway-test-';

/** A folder whose owner no lock names may be in use: it is spared for a day. */
const graceTime = { neverLocked: 24 * 60 * 60 * 1000 };

/** Servers first: their data may be in the folders. */
async function cleanFiles(root: string): Promise<readonly Leftover[]> {
	const parents = temporaryFolders();
	const removed: Leftover[] = [];
	for (const parent of parents) removed.push(...as('server', await removeTemporaryServers(parent)));
	for (const parent of parents) removed.push(...as('folder', await removeKeptFolders(parent)));
	for (const parent of parents)
		removed.push(...as('folder', await removeDeadFolders(parent, testFolder, graceTime)));
	removed.push(...as('folder', await removeDeadFolders(checkoutFiles(root), 'bench-', graceTime)));
	return removed;
}

const as = (kind: Leftover['kind'], names: readonly string[]): Leftover[] =>
	names.map((name) => ({ kind, name }));
