import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { findBinaries, noBinaries } from '../../postgres/index.ts';
import { defaultVersion } from '../../postgres-versions.ts';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, fromError, ok } from '../finding.ts';

export function checkPackages({ root, settings }: DoctorContext): Finding[] {
	const lockfile = join(root, 'package-lock.json');
	const hasLockfile = existsSync(lockfile);
	const missing = hasLockfile ? notInstalled(root, lockfile) : [];
	if (missing.length > 0)
		return [
			error(
				missing.length === 1
					? `the package ${missing[0]} is not installed in the version of the lockfile`
					: `${missing.length} packages are not installed in the versions of the lockfile, such as ${missing[0]}`,
				'Install them: npm ci',
			),
		];
	const findings = [
		ok(`Node ${process.versions.node}${hasLockfile ? '; the installed packages match the lockfile' : ''}`),
	];
	return [...findings, checkBinaries(root, settings)];
}

function checkBinaries(root: string, settings: DoctorContext['settings']): Finding {
	const { version = defaultVersion, provider } = settings instanceof SlipwayError ? {} : settings;
	try {
		const found = findBinaries({ version, project: root });
		if (found !== undefined) return ok(`PostgreSQL ${found.major} for npx slipway dev and the tests`);
		if (version !== defaultVersion)
			return ok(`PostgreSQL ${version} will be downloaded when a server first needs it`);
		throw noBinaries(version);
	} catch (cause) {
		// With a server of your own, the binaries are optional.
		return fromError(cause, provider === 'external' ? 'warning' : 'error');
	}
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
