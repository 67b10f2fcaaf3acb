/** The oldest major version that Slipway supports. */
export const oldestMajor = 15;

/** The image of the container provider: of the major version that the embedded provider has, too. */
export const defaultImage = 'postgres:18';

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
