import { SlipwayError } from '../errors.ts';
import { since } from '../postgres-versions.ts';

export interface Volume {
	/** Its name to the engine, for messages. */
	readonly name: string;
	/** The image that is to serve it. */
	readonly image: string;
	/** What lies at its top; undefined where that is closed to others than PostgreSQL, as a data directory is. */
	readonly entries: readonly string[] | undefined;
}

/**
 * What keeps the image from serving the data in the volume, or nothing: `volume-layout` or `volume-version`. PostgreSQL's
 * images from 18 on have a folder for each major version; one that finds none of its own makes an empty database.
 */
export function volumeFault({ name, image, entries }: Volume): SlipwayError | undefined {
	if (entries === undefined || entries.includes('PG_VERSION') || entries.includes('data'))
		return new SlipwayError(
			'volume-layout',
			`the volume ${name} has its data directory at the top or in data/, as PostgreSQL's images up to ${since.dataDirectoryPerMajor - 1} lay it out; ${image} is to be ${since.dataDirectoryPerMajor} or newer`,
			mend(name),
		);
	const majors = entries.filter((entry) => /^\d+$/.test(entry));
	const major = majorOf(image);
	if (major === undefined || majors.length === 0 || majors.includes(major)) return undefined;
	return new SlipwayError(
		'volume-version',
		`the volume ${name} holds the data of PostgreSQL ${majors.join(' and ')}, and ${image} is PostgreSQL ${major}`,
		`${mend(name)}\nTo go on with the version that made them: POSTGRES_IMAGE=postgres:${majors.at(-1)}`,
	);
}

/** The major version that an image's tag begins with; undefined where it names none. */
function majorOf(image: string): string | undefined {
	return /:(\d+)[^:/]*$/.exec(image)?.[1];
}

const mend = (name: string) =>
	[
		'To keep the data, dump them with the version that made them (pg_dumpall), and load them into a new volume.',
		'For a new volume, name the stack anew (COMPOSE_PROJECT_NAME) or remove the old one with all that is in it:',
		`docker compose down && docker volume rm ${name}`,
	].join('\n');
