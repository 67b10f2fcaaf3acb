import { SlipwayError } from '../errors.ts';
import { isCausedByFullDisk, isFull, type Upgrades } from '../postgres/index.ts';
import { oldestMajor, type PostgresVersion, postgresVersions } from '../postgres-versions.ts';
import type { CopiedDatabase } from './compare.ts';
import { copyServer } from './copy-server.ts';

/** Where a server's data is, and how it is moved. */
export interface DataPlace {
	readonly upgrades: Upgrades;
	/** The server's directory. */
	readonly directory: string;
	/** The name of the place, for messages. */
	readonly name: string;
	/** The image of the version to move to, of a server in a container. Default: PostgreSQL's. */
	readonly image?: string | undefined;
	/** The error if there is no data. */
	readonly missing: () => SlipwayError;
}

export interface MoveOptions {
	/** The version to move to. */
	readonly to: PostgresVersion;
	/** The image for the existing data, of a server in a container. Default: PostgreSQL's. */
	readonly fromImage?: string | undefined;
	/** The command that does it, for the error of another one that wants to use the data. */
	readonly command: string;
	/** The folder whose `.npmrc` applies, should pg_dump have to be downloaded. */
	readonly project: string;
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
 * Moves data to another version of PostgreSQL, and keeps the old data. Resolves with undefined if the data is of that
 * version already. If anything fails, or the process is killed, the old data is as it was.
 *
 * Throws `not-upgradable`, `no-space`, the error of missing data, and what `copyServer` and `upgrades.start` throw.
 */
export async function moveData(place: DataPlace, options: MoveOptions): Promise<Upgraded | undefined> {
	const { upgrades, directory, name, image } = place;
	const { to, fromImage, command, project, report } = options;
	const from = parseVersion(place, await upgrades.versionOf(directory, image), to);
	if (from === to) {
		await upgrades.complete(directory, image);
		return undefined;
	}
	report(`moving the data of ${name} from PostgreSQL ${from} to ${to}`);
	await using servers = await upgrades.start(directory, { from, to, fromImage, toImage: image, command });
	try {
		const logins = { from: servers.from.admin, to: servers.to.admin };
		const databases = await copyServer({ ...logins, project, report });
		return { from, to, databases, kept: await servers.publish() };
	} catch (error) {
		// PostgreSQL may crash when it cannot write, so that the error says something else.
		const isCrash = upgrades.inDirectory && isFull(directory);
		throw isCrash || isCausedByFullDisk(error) ? noSpace(name, error) : error;
	}
}

function parseVersion(place: DataPlace, found: number | undefined, to: number): PostgresVersion {
	if (found === undefined) throw place.missing();
	const from = postgresVersions.find((version) => version === found);
	if (from !== undefined && from <= to) return from;
	throw new SlipwayError(
		'not-upgradable',
		`the data is from PostgreSQL ${found} and cannot be moved to ${to}`,
		found > to
			? `Set the version to ${found} or a later one (POSTGRES_VERSION, or postgres.version in slipway.config.ts).`
			: `Data can be moved from PostgreSQL ${oldestMajor} and later. Dump it with pg_dumpall of its own version.`,
	);
}

function noSpace(name: string, cause: unknown): SlipwayError {
	return new SlipwayError(
		'no-space',
		`no space is left on the disk of ${name} for a second copy of the data`,
		'Free some space on that disk, then try again. The old data is unchanged.',
		{ cause },
	);
}
