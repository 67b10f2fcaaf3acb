import { existsSync } from 'node:fs';
import { SlipwayError } from '../../errors.ts';
import type { Provider } from '../provider.ts';
import type { Removed } from '../removed.ts';
import { startContainer } from './container.ts';
import { connectEngine } from './engine.ts';
import { findContainer } from './find.ts';
import { eraseSnapshots } from './snapshot-images.ts';
import { containerSnapshots } from './snapshot-store.ts';
import { containerUpgrades } from './upgrade.ts';
import { eraseVolumes } from './volume.ts';

/** PostgreSQL's image in a container, through Testcontainers. */
export const container: Provider = {
	stateFolder: 'container',
	start: startContainer,
	find: findContainer,
	snapshots: containerSnapshots,
	upgrades: containerUpgrades,
	erase: eraseOnEngine,
};

/**
 * A missing engine is an error only if the directory exists: otherwise there is nothing to remove, as far as
 * is known.
 */
async function eraseOnEngine(directory: string, folder: string): Promise<readonly Removed[]> {
	const engine = await connectEngine().catch((error: unknown) => {
		if (existsSync(directory) || !(error instanceof SlipwayError)) throw error;
	});
	if (engine === undefined) return [];
	// Also if the directory does not exist: it may have been removed without its volume.
	const volumes = await eraseVolumes(engine, directory);
	const images = await eraseSnapshots(engine, folder);
	return [
		...volumes.map((name) => ({ kind: 'volume' as const, name })),
		...images.map((name) => ({ kind: 'image' as const, name })),
	];
}
