import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { detectPackageManager, projectFolders, readManifest } from '../../detection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { type Binaries, createLinks, findBinaries, missingLinks, noBinaries } from '../../postgres/index.ts';
import { defaultVersion } from '../../postgres-versions.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, fromError, ok } from '../finding.ts';

export function checkPackages({ root, settings }: DoctorContext): Finding[] {
	const [first, ...others] = missingPackages(root);
	if (first !== undefined)
		return [
			error(
				others.length === 0
					? `the package ${first} is not installed, or not in the version of the lock file`
					: `${others.length + 1} packages are not installed, or not in the versions of the lock file, such as ${first}`,
				`Install them: ${detectPackageManager(projectFolders(root)).install}`,
			),
		];
	return [ok('the packages are installed'), checkBinaries(root, settings)];
}

function missingPackages(root: string): string[] {
	const lockfile = join(root, 'package-lock.json');
	return existsSync(lockfile) ? notInstalled(root, lockfile) : notFound(root);
}

function checkBinaries(root: string, settings: DoctorContext['settings']): Finding {
	const { version = defaultVersion, provider } = settings instanceof SlipwayError ? {} : settings;
	try {
		const found = findBinaries({ version, project: root });
		if (found !== undefined) return describe(found);
		if (version !== defaultVersion)
			return ok(`PostgreSQL ${version} will be downloaded when a server first needs it`);
		throw noBinaries(version);
	} catch (cause) {
		// With a server of your own, the binaries are optional.
		return fromError(cause, provider === 'external' ? 'warning' : 'error');
	}
}

/** Slipway needs no install script, but other programs that start these binaries do. */
function describe({ major, package: folder }: Binaries): Finding {
	const message = `PostgreSQL ${major} for npx slipway dev and the tests`;
	if (missingLinks(folder).length === 0) return ok(message);
	return {
		...ok(`${message}; its install script did not run, so that each server links its libraries itself`),
		repair: () => createLinks(folder),
	};
}

/** Packages that package.json names and that are in no node_modules. Plug'n'Play has no such folder. */
function notFound(root: string): string[] {
	const { dependencies, devDependencies } = readManifest(root);
	const folders = foldersAbove(root);
	if (folders.some((folder) => existsSync(join(folder, '.pnp.cjs')))) return [];
	return Object.keys({ ...dependencies, ...devDependencies }).filter(
		(name) => !folders.some((folder) => existsSync(join(folder, 'node_modules', name))),
	);
}

function foldersAbove(folder: string): string[] {
	const parent = dirname(folder);
	return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

interface Lock {
	readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: true }>>;
}

/** Packages of the lockfile that, by npm's own record, are not installed or are installed in another version. */
function notInstalled(root: string, lockfile: string): string[] {
	const record = join(root, 'node_modules/.package-lock.json');
	const wanted = readLock(lockfile);
	const installed = existsSync(record) ? readLock(record) : {};
	return Object.entries(wanted)
		.filter(([path, { optional }]) => path.includes('node_modules/') && !optional)
		.filter(([path, { version }]) => installed[path]?.version !== version)
		.map(([path]) => path.replace(/^.*node_modules\//, ''));
}

function readLock(file: string): Lock['packages'] {
	return (JSON.parse(readFileSync(file, 'utf8')) as Lock).packages;
}
