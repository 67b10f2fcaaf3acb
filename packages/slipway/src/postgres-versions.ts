/** The major versions that Slipway starts and supports. */
export const postgresVersions = [15, 16, 17, 18] as const;
export type PostgresVersion = (typeof postgresVersions)[number];

export const oldestMajor = postgresVersions[0];

/** The embedded provider's packages of this version are installed with Slipway. */
export const defaultVersion = 18;

/** The image of the container provider. */
export const imageOf = (version: PostgresVersion = defaultVersion) => `postgres:${version}`;

/**
 * The major version in an image's tag, such as that of `postgis/postgis:17-3.6` and `pgvector/pgvector:pg17`;
 * undefined for a tag that may number something else.
 */
export function majorOfImage(image: string): number | undefined {
	const [, major] =
		/:(?:[^/]*-)?pg(\d+)\b[^/]*$/.exec(image) ?? /(?:postgres|postgis):(\d+)\b/.exec(image) ?? [];
	return major === undefined ? undefined : Number(major);
}

/** The major version in PostgreSQL's `server_version_num`, such as 180004. */
export const majorOf = (versionNumber: number) => Math.floor(versionNumber / 10_000);

/** The first major version that has each of these. */
export const since = {
	/** A membership in a role can be granted `WITH INHERIT FALSE, SET TRUE`, and names who granted it. */
	membershipOptions: 16,
	/** A locale that is the same on every system, with the letters of all scripts. */
	builtinLocale: 17,
	/** The setting `io_method`. */
	ioMethod: 18,
	/** Images have a data directory for each major version, below `/var/lib/postgresql`. */
	dataDirectoryPerMajor: 18,
} as const;
