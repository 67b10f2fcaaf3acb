import { SlipwayError } from '../errors.ts';
import type { SnapshotSpec } from '../postgres/index.ts';
import type { RoleOptions } from '../settings/index.ts';
import { type Contents, prepareServer, privateDatabase } from './prepare.ts';
import { keysOf, type Origin } from './snapshot-key.ts';

interface RequestedContents extends Omit<Contents, 'database'> {
	readonly roles?: RoleOptions | undefined;
}

/** How to create the snapshot of a prepared server, and the keys of the states that it passes through. */
export async function snapshotSpec(origin: Origin, wanted: RequestedContents): Promise<SnapshotSpec> {
	const { seeds, roles } = wanted;
	const keys = await currentKeys(origin, wanted);
	const spec: SnapshotSpec = {
		keys,
		prepare: async (server) => {
			await prepareServer(server, { ...wanted, database: privateDatabase(server, roles) });
			const now = await currentKeys(origin, wanted);
			if (now.at(-1) !== keys.at(-1)) throw changedMeanwhile();
		},
	};
	return seeds.length === 0 ? spec : { ...spec, base: await snapshotSpec(origin, { ...wanted, seeds: [] }) };
}

/** The keys for the migrations as they are now. */
async function currentKeys(origin: Origin, wanted: RequestedContents): Promise<[string, ...string[]]> {
	const { migrations, extensions, logins, databases, seeds, roles } = wanted;
	return keysOf(origin, {
		database: privateDatabase(placeholder, roles),
		extensions,
		logins,
		databases,
		migrations: migrations === undefined ? [] : await migrations.steps(),
		seeds,
	});
}

/** The keys depend on names only, so no server is needed. */
const placeholder = {
	admin: { host: '', port: 0, sslMode: 'disable', username: '', password: '', database: '' },
} as const;

function changedMeanwhile(): SlipwayError {
	return new SlipwayError(
		'migrations-changed',
		'the migrations changed while they were applied',
		'Run it again.',
	);
}
