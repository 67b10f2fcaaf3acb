import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inject } from 'vitest';
import { takeLock } from '../../src/postgres/file-lock.ts';
import { runProcess } from './child-process.ts';

/**
 * Installs the packages of a folder that few tests need, where they are missing or older than its lockfile. Test files that
 * need the same ones take turns.
 */
export async function ensurePackages(folder: string): Promise<void> {
	await using _ = await takeLock(join(inject('runFolder'), 'locks'), basename(folder));
	const installed = join(folder, 'node_modules/.package-lock.json');
	if (existsSync(installed) && changedAt(installed) >= changedAt(join(folder, 'package-lock.json'))) return;
	const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
	const { status, stderr } = await runProcess('npm', args, { cwd: folder });
	if (status !== 0) throw new Error(`npm could not install the packages of ${folder}: ${stderr}`);
}

const changedAt = (file: string) => statSync(file).mtimeMs;
