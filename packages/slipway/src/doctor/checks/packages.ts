import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from '../../postgres/index.ts';
import { error, type Finding, fromFault, ok } from '../finding.ts';
import type { Site } from '../site.ts';

export function checkPackages({ root, settings }: Site): Finding[] {
	const missing = notInstalled(root);
	if (missing.length > 0)
		return [
			error(
				`${missing.length === 1 ? 'a package is' : `${missing.length} packages are`} not installed as the lockfile wants, such as ${missing[0]}`,
				'Install them: npm ci',
			),
		];
	const findings = [ok(`Node ${process.versions.node}, and the packages are those of the lockfile`)];
	try {
		findings.push(ok(`PostgreSQL ${findBinaries().major} for scripts/dev and the tests`));
	} catch (fault) {
		// Who names a server has no need of it.
		const external = 'provider' in settings && settings.provider === 'external';
		findings.push(fromFault(fault, external ? 'warning' : 'error'));
	}
	return findings;
}

interface Lock {
	readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: true }>>;
}

/** The packages of the lockfile that npm's own record of what it installed lacks, or has in another version. */
function notInstalled(root: string): string[] {
	const record = join(root, 'node_modules/.package-lock.json');
	const wanted = readLock(join(root, 'package-lock.json'));
	const installed = existsSync(record) ? readLock(record) : {};
	return Object.entries(wanted)
		.filter(([path, { optional }]) => path.includes('node_modules/') && !optional)
		.filter(([path, { version }]) => installed[path]?.version !== version)
		.map(([path]) => path.replace(/^.*node_modules\//, ''));
}

function readLock(file: string): Lock['packages'] {
	return (JSON.parse(readFileSync(file, 'utf8')) as Lock).packages;
}
