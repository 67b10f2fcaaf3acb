import { defaultVersion } from '../postgres-versions.ts';

/** Images of PostgreSQL, for a major version, with extensions that do not ship with it. */
const images: Readonly<Record<string, ((major: number) => string) | undefined>> = {
	vector: (major) => `pgvector/pgvector:pg${major}`,
	postgis,
	postgis_raster: postgis,
	postgis_sfcgal: postgis,
	postgis_topology: postgis,
	postgis_tiger_geocoder: postgis,
	timescaledb: (major) => `timescale/timescaledb:latest-pg${major}`,
};

/** Its tags name PostGIS's version too: the newest that there is for PostgreSQL's. */
function postgis(major: number): string {
	return `postgis/postgis:${major}-${major >= 18 ? '3.6' : '3.5'}`;
}

/** What else a server needs for an extension. */
const settings: Readonly<Record<string, string | undefined>> = {
	pg_cron: "{ shared_preload_libraries: 'pg_cron', 'cron.database_name': 'app' }",
};

/** The image that contains `extension`, for each major version. Undefined if none is known. */
export const imageWith = (extension: string): ((major: number) => string) | undefined => images[extension];

/** How to get a server that has `extension`: the line of the configuration, with an image where one is known. */
export function howToGet(extension: string, major: number = defaultVersion): string {
	const image = images[extension]?.(major);
	const further = settings[extension] === undefined ? '' : `, settings: ${settings[extension]}`;
	const line = `postgres: { provider: 'container', image: '${image ?? 'IMAGE'}'${further} }`;
	return image === undefined
		? `Only extensions that ship with PostgreSQL are there by default. Build an image from postgres:${major} with this one's package, such as Debian's postgresql-${major}-${packageOf(extension)}, and name it in slipway.config.ts: ${line}`
		: `Use an image that contains it. In slipway.config.ts: ${line}`;
}

const packageOf = (extension: string) => extension.replace(/^pg_/, '').replaceAll('_', '-');
