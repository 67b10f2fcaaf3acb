import { join } from 'node:path';
import type { Credentials } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { createIgnoredFolder } from '../files.ts';
import { type Removed, volumeUpgrades } from '../postgres/index.ts';
import {
	defaultVersion,
	imageOf,
	majorOfImage,
	oldestMajor,
	type PostgresVersion,
	postgresVersions,
	since,
} from '../postgres-versions.ts';
import type { DataPlace, MoveOptions, Upgraded } from '../server-copy/index.ts';
import { readCompose } from './compose.ts';
import { dockerIn } from './docker.ts';

interface StackData {
	/** The project's folder, in which compose finds its files. */
	readonly root: string;
	/** The admin with which the volume was created. */
	readonly admin: Credentials;
	readonly environment: NodeJS.ProcessEnv;
}

export interface StackUpgradeRequest extends StackData, Pick<MoveOptions, 'fromImage' | 'report'> {}

/**
 * Moves the data in the volume of the compose stack to the version of its image, within the volume. The stack is down.
 * Throws `no-engine`, `no-stack`, `stack-version-unknown`, `stack-outdated`, `no-stack-data`, `directory-in-use`,
 * `wrong-password`, and what `moveData` throws.
 */
export async function upgradeStackData({
	fromImage,
	report,
	...stack
}: StackUpgradeRequest): Promise<{ readonly to: number; readonly upgraded: Upgraded | undefined }> {
	const { to, ...place } = await findPlace(stack);
	const { moveData } = await import('../server-copy/index.ts');
	const command = 'npx slipway db upgrade --stack';
	return { to, upgraded: await moveData(place, { to, fromImage, report, command, project: stack.root }) };
}

/** Removes the old data that an upgrade has kept in the volume. */
export async function finishStackUpgrade(stack: StackData): Promise<readonly Removed[]> {
	const { upgrades, directory, image, missing } = await findPlace(stack);
	if ((await upgrades.versionOf(directory, image)) === undefined) throw missing();
	return await upgrades.finish(directory, { image });
}

/** Where PostgreSQL's image has its data, from version 18 on in a folder for each version. */
const home = '/var/lib/postgresql';

async function findPlace(stack: StackData): Promise<DataPlace & { readonly to: PostgresVersion }> {
	const { root, admin, environment } = stack;
	const config = await readCompose(dockerIn(root, environment));
	if (config === undefined) throw noStack(root, 'there is no compose file');
	if ('failure' in config && config.missing) throw noDocker();
	if ('failure' in config) throw noStack(root, config.failure);
	const { db } = config.services;
	const mount = db?.volumes?.find(({ type, target }) => type === 'volume' && target.startsWith(home));
	const volume = config.volumes?.[mount?.source ?? '']?.name;
	if (db?.image === undefined || mount === undefined || volume === undefined)
		throw noStack(root, 'it has no service "db" with a PostgreSQL image and a volume for its data');
	const { image } = db;
	const to = parseVersion(image);
	if (to < since.dataDirectoryPerMajor || mount.target !== home) throw outdated(image, mount.target);
	const { username: superuser, password: superuserPassword } = admin;
	const directory = join(root, '.slipway/stack');
	createIgnoredFolder(directory);
	return {
		upgrades: volumeUpgrades(() => ({ name: volume, superuser, superuserPassword })),
		directory,
		name: `the volume ${volume}`,
		image,
		missing: () => noData(volume),
		to,
	};
}

function parseVersion(image: string): PostgresVersion {
	const major = majorOfImage(image);
	const version = postgresVersions.find((each) => each === major);
	if (version !== undefined) return version;
	throw new SlipwayError(
		'stack-version-unknown',
		major === undefined
			? `the image ${image} does not say which version of PostgreSQL it contains`
			: `the image ${image} contains PostgreSQL ${major}, and Slipway supports PostgreSQL ${oldestMajor} to ${defaultVersion}`,
		`In compose.yaml, give the service "db" an image such as ${imageOf()} or pgvector/pgvector:pg${defaultVersion}.`,
	);
}

function noDocker(): SlipwayError {
	return new SlipwayError(
		'no-engine',
		'the docker program, which reads compose.yaml, is not installed',
		'Install Docker with Compose, then try again.',
	);
}

function noStack(root: string, reason: string): SlipwayError {
	return new SlipwayError(
		'no-stack',
		`no compose stack with a database was found in ${root}: ${reason}`,
		'Run the command in the folder of compose.yaml, where docker compose works.',
	);
}

function outdated(image: string, target: string): SlipwayError {
	const version = since.dataDirectoryPerMajor;
	return new SlipwayError(
		'stack-outdated',
		`the service "db" of the stack has the image ${image} and its volume at ${target}; data is moved to PostgreSQL ${version} or later, with the volume at ${home}`,
		`In compose.yaml, set both for the version to move to: image: postgres:${version}, volumes: ["VOLUME:${home}"]. Then try again.`,
	);
}

function noData(volume: string): SlipwayError {
	return new SlipwayError(
		'no-stack-data',
		`the stack has no data: there is none in the volume ${volume}`,
		'Start the stack, which creates it: docker compose up --wait',
	);
}
