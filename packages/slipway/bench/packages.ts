import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../src/errors.ts';

/** Installs the peers to compare with in `directory`, if they are missing or older than their lockfile. */
export function ensureBenchPackages(directory: string, report: (line: string) => void): void {
	const installed = join(directory, 'node_modules/.package-lock.json');
	const lockfile = join(directory, 'package-lock.json');
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return;
	report('installing the packages to compare with');
	try {
		execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
			cwd: directory,
			stdio: ['ignore', 'ignore', 'inherit'],
		});
	} catch (error) {
		throw new SlipwayError(
			'packages-not-installed',
			`npm could not install the packages of ${directory}`,
			'Fix the error that npm reports above.',
			{ cause: error },
		);
	}
}
