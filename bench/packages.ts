import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../src/errors.ts';

/** Installs the packages that are measured against, where they are missing or older than their lockfile. */
export function ensureBenchPackages(report: (line: string) => void): void {
	const directory = import.meta.dirname;
	const installed = join(directory, 'node_modules/.package-lock.json');
	const lockfile = join(directory, 'package-lock.json');
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return;
	report('installing what is measured against');
	try {
		execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
			cwd: directory,
			stdio: ['ignore', 'ignore', 'inherit'],
		});
	} catch (error) {
		throw new SlipwayError(
			'packages-not-installed',
			'npm could not install the packages of bench/',
			'Mend what npm says above.',
			{ cause: error },
		);
	}
}
