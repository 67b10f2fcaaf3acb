import { hasCode, SlipwayError } from '../errors.ts';
import { isFull, providers, type Removed } from '../postgres/index.ts';
import { oldestMajor, type PostgresVersion, postgresVersions } from '../postgres-versions.ts';
import type { OwnProvider } from '../provider-names.ts';
import type { CopiedDatabase } from '../server-copy/index.ts';
import type { Settings } from '../settings/index.ts';
import { noServer, serverFiles, usedLast } from './server.ts';

export interface UpgradeRequest {
	readonly root: string;
	readonly settings: Settings;
	/** The version to move to. */
	readonly to: PostgresVersion;
	/** The image for the existing data, of a server in a container. Default: PostgreSQL's. */
	readonly fromImage?: string | undefined;
	readonly report: (line: string) => void;
}

/** What was moved. */
export interface Upgraded {
	readonly from: number;
	readonly to: number;
	/** Where the old data is. */
	readonly kept: string;
	readonly databases: readonly CopiedDatabase[];
}

/**
 * Moves the dev data to another version of PostgreSQL, and keeps the old data. Resolves with undefined if the data is of
 * that version already. If anything fails, or the process is killed, the old data is as it was.
 *
 * Throws `no-server`, `external-server`, `not-upgradable`, `upgrade-not-finished`, `directory-in-use`, and what
 * `copyServer` and starting a server throw.
 */
export async function upgradeDevData(request: UpgradeRequest): Promise<Upgraded | undefined> {
	const { root, settings, to, fromImage, report } = request;
	const provider = providerOf(request);
	const { upgrades } = providers[provider];
	const directory = serverFiles(root, provider);
	const from = parseVersion(await upgrades.versionOf(directory, settings.image), to, root);
	if (from === to) return undefined;
	report(`moving the data of ${directory} from PostgreSQL ${from} to ${to}`);
	const options = { from, to, fromImage, toImage: settings.image, command: 'npx slipway db upgrade' };
	await using servers = await upgrades.start(directory, options);
	try {
		const logins = { from: servers.from.admin, to: servers.to.admin };
		const { copyServer } = await import('../server-copy/index.ts');
		const databases = await copyServer({ ...logins, project: root, report });
		return { from, to, databases, kept: await servers.publish() };
	} catch (error) {
		// PostgreSQL may crash when it cannot write, so that the error says something else.
		throw isFull(directory) || hasCode(error, '53100') ? noSpace(directory, error) : error;
	}
}

function noSpace(directory: string, cause: unknown): SlipwayError {
	return new SlipwayError(
		'no-space',
		`no space is left on the disk of ${directory} for a second copy of the data`,
		'Free some space on that disk, then try again. The old data is unchanged.',
		{ cause },
	);
}

/** Removes the old data that upgrades have kept. Throws `no-server`, `external-server` and `directory-in-use`. */
export async function finishUpgrade(
	request: Pick<UpgradeRequest, 'root' | 'settings'>,
): Promise<readonly Removed[]> {
	const provider = providerOf(request);
	return await providers[provider].upgrades.finish(
		serverFiles(request.root, provider),
		request.settings.image,
	);
}

function providerOf({ root, settings }: Pick<UpgradeRequest, 'root' | 'settings'>): OwnProvider {
	const provider = settings.provider ?? usedLast(root);
	if (provider === undefined) throw noServer(root);
	if (provider !== 'external') return provider;
	throw new SlipwayError(
		'external-server',
		'the settings name a server of yours, whose version Slipway does not change',
		'Upgrade it with pg_upgrade, or with pg_dumpall and psql.',
	);
}

function parseVersion(found: number | undefined, to: number, root: string): PostgresVersion {
	if (found === undefined) throw noServer(root);
	const from = postgresVersions.find((version) => version === found);
	if (from !== undefined && from <= to) return from;
	throw new SlipwayError(
		'not-upgradable',
		`the data is of PostgreSQL ${found}, and cannot be moved to ${to}`,
		found > to
			? `Set the version to ${found} or a later one (POSTGRES_VERSION, or postgres.version in slipway.config.ts).`
			: `Data can be moved from PostgreSQL ${oldestMajor} and later. Dump it with pg_dumpall of its own version.`,
	);
}
