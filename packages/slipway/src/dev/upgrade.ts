import { SlipwayError } from '../errors.ts';
import { providers, type Removed } from '../postgres/index.ts';
import type { DataPlace, MoveOptions, Upgraded } from '../server-copy/index.ts';
import type { Settings } from '../settings/index.ts';
import { noServer, serverFiles, usedLast } from './server.ts';

interface DevData {
	readonly root: string;
	readonly settings: Settings;
}

export interface UpgradeRequest extends DevData, Pick<MoveOptions, 'to' | 'fromImage' | 'report'> {}

/**
 * Moves the dev data to another version of PostgreSQL. Throws `no-server`, `external-server`, `upgrade-not-finished`,
 * `directory-in-use`, and what `moveData` throws.
 */
export async function upgradeDevData({
	root,
	settings,
	...options
}: UpgradeRequest): Promise<Upgraded | undefined> {
	const place = placeOf({ root, settings });
	const { moveData } = await import('../server-copy/index.ts');
	return await moveData(place, { ...options, project: root, command: 'npx slipway db upgrade' });
}

/**
 * Removes the old data that upgrades have kept. Throws `no-server`, `external-server`, `directory-in-use` and
 * `old-data-in-use`.
 */
export async function finishUpgrade(data: DevData): Promise<readonly Removed[]> {
	const { upgrades, directory } = placeOf(data);
	return await upgrades.finish(directory, data.settings);
}

function placeOf({ root, settings }: DevData): DataPlace {
	const provider = settings.provider ?? usedLast(root);
	if (provider === undefined) throw noServer(root);
	if (provider === 'external') throw externalServer();
	const directory = serverFiles(root, provider);
	return {
		upgrades: providers[provider].upgrades,
		directory,
		name: directory,
		image: settings.image,
		missing: () => noServer(root),
	};
}

function externalServer(): SlipwayError {
	return new SlipwayError(
		'external-server',
		'the settings name a server of yours, whose version Slipway does not change',
		'Upgrade it with pg_upgrade, or with pg_dumpall and psql. The data of the compose stack: npx slipway db upgrade --stack',
	);
}
