import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { takeLock } from '../../src/postgres/file-lock.ts';
import { projectRoot, runProcess } from './child-process.ts';

/** The folder with the package as npm would publish it, built once in a run. All test files share it: do not change it. */
export function builtPackage(): Promise<string> {
	return makeOnce('package', async (folder) => {
		const args = [join(projectRoot, 'scripts/build.ts'), '--out', folder];
		const { status, stderr } = await runProcess(process.execPath, args);
		if (status !== 0) throw new Error(stderr);
	});
}

/** The file that npm would publish. */
export async function packedPackage(): Promise<string> {
	const built = await builtPackage();
	const folder = await makeOnce('packed', async (folder) => {
		mkdirSync(folder);
		const args = ['pack', '--silent', '--pack-destination', folder];
		const { status, stderr } = await runProcess('npm', args, { cwd: built });
		if (status !== 0) throw new Error(stderr);
	});
	return join(folder, readdirSync(folder)[0] ?? '');
}

/** The first test file that needs a folder makes it; others wait for it. */
async function makeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
	const folder = join(inject('runFolder'), name);
	await using _ = await takeLock(join(inject('runFolder'), 'locks'), name);
	if (existsSync(folder)) return folder;
	const unfinished = `${folder}.unfinished`;
	rmSync(unfinished, { recursive: true, force: true });
	await make(unfinished);
	renameSync(unfinished, folder);
	return folder;
}
