import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from 'slipway/test-helpers/child-process';
import { makeDirectory } from 'slipway/test-helpers/temporary-directory';

export interface CleanCheckout extends Disposable {
	readonly folder: string;
}

/** A fresh clone of the project, including uncommitted changes but nothing that git ignores. */
export function cleanCheckout(name = 'slipway'): CleanCheckout {
	const parent = makeDirectory();
	chmodSync(parent.path, 0o755);
	const folder = join(parent.path, name);
	git('clone', '--quiet', '--no-hardlinks', projectRoot, folder);
	for (const file of listFiles('--deleted')) rmSync(join(folder, file), { force: true });
	for (const file of listFiles('--modified', '--others', '--exclude-standard').filter(isNotDeleted))
		cpSync(join(projectRoot, file), join(folder, file));
	return { folder, [Symbol.dispose]: () => parent[Symbol.dispose]() };
}

function isNotDeleted(file: string): boolean {
	return !listFiles('--deleted').includes(file);
}

function listFiles(...kinds: readonly string[]): string[] {
	return git('ls-files', '-z', ...kinds)
		.split('\0')
		.filter((file) => file !== '');
}

function git(...args: readonly string[]): string {
	return execFileSync('git', ['-C', projectRoot, ...args], { encoding: 'utf8' });
}
