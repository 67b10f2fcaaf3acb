import type { Provider } from '../provider.ts';
import { startEmbedded } from './embedded.ts';
import { eraseArchives } from './evict.ts';
import { findEmbedded } from './find.ts';
import { embeddedSnapshots } from './snapshot-store.ts';
import { embeddedUpgrades } from './upgrade.ts';

/** PostgreSQL from npm packages. */
export const embedded: Provider = {
	stateFolder: 'postgres',
	start: startEmbedded,
	find: findEmbedded,
	snapshots: embeddedSnapshots,
	upgrades: embeddedUpgrades,
	erase: async (_directory, folder) => eraseArchives(folder).map((name) => ({ kind: 'snapshot', name })),
};
