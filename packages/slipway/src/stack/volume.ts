import { SlipwayError } from '../errors.ts';
import { majorOfImage, since } from '../postgres-versions.ts';

export interface Volume {
	/** Its name on the engine, for messages. */
	readonly name: string;
	/** The image that will use it. */
	readonly image: string;
	/** The names at its top level; undefined if only PostgreSQL can read it, as with a data directory. */
	readonly entries: readonly string[] | undefined;
}

/**
 * Why the image cannot use the data in the volume: `volume-layout` or `volume-version`; undefined if it can. PostgreSQL's
 * images from 18 on keep each major version in a folder of its own, and create an empty database if theirs is missing.
 */
export function volumeError({ name, image, entries }: Volume): SlipwayError | undefined {
	if (entries === undefined || entries.includes('PG_VERSION') || entries.includes('data'))
		return new SlipwayError(
			'volume-layout',
			`the volume ${name} has the layout of PostgreSQL's images up to ${since.dataDirectoryPerMajor - 1}, with its data directory at the top level or in data/; ${image} needs the layout of ${since.dataDirectoryPerMajor}`,
			waysToFix(name),
		);
	const majors = entries.filter((entry) => /^\d+$/.test(entry));
	const major = majorOfImage(image);
	if (majors.length === 0 && entries.includes('upgrade'))
		return new SlipwayError(
			'volume-layout',
			`an upgrade of the data in the volume ${name} was interrupted after the data was complete`,
			`Complete it: ${upgrade}`,
		);
	if (major === undefined || majors.length === 0 || majors.includes(String(major))) return undefined;
	return new SlipwayError(
		'volume-version',
		`the volume ${name} contains the data of PostgreSQL ${majors.join(' and ')}, but ${image} is PostgreSQL ${major}`,
		`${waysToFix(name)}\nTo keep using the version that created the data: POSTGRES_IMAGE=postgres:${majors.at(-1)}`,
	);
}

const upgrade = 'docker compose down && npx slipway db upgrade --stack';

const waysToFix = (name: string) =>
	[
		`To move the data to the new version: ${upgrade}`,
		'To get a new volume, give the stack a new name (COMPOSE_PROJECT_NAME), or remove the old volume and all its data:',
		`docker compose down && docker volume rm ${name}`,
	].join('\n');
