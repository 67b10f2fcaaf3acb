import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packedPackage } from './built-package.ts';
import { projectRoot, runProcess } from './child-process.ts';
import { linkPackages } from './link-packages.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** The package as npm would publish it. */
export const packPackage = async (): Promise<Buffer> => readFileSync(await packedPackage());

/**
 * A project of a user's with `tarball` installed and, beside it, what is in the folders `others` and in this checkout's
 * node_modules: the first that has a package wins.
 */
export async function packedProject(tarball: Buffer, others: readonly string[] = []): Promise<string> {
	const project = temporaryDirectory();
	const modules = join(project, 'node_modules');
	const own = join(modules, 'slipway');
	mkdirSync(own, { recursive: true });
	mkdirSync(join(modules, '.bin'));
	const file = join(project, 'slipway.tgz');
	writeFileSync(file, tarball);
	await runProcess('tar', ['-xzf', file, '-C', own, '--strip-components=1']);
	symlinkSync('../slipway/cli/main.js', join(modules, '.bin/slipway'));
	for (const folder of [...others, join(projectRoot, 'node_modules')]) linkPackages(folder, modules);
	writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
	return project;
}

/** The migrations of the counter project, for examples that read its table. */
export function addCounterMigrations(project: string): void {
	cpSync(join(projectRoot, 'migrations'), join(project, 'migrations'), { recursive: true });
}
