import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runProcess } from './child-process.ts';
import { makeDirectory, temporaryDirectory } from './temporary-directory.ts';

/** The package as npm would publish it. */
export async function packPackage(): Promise<Buffer> {
	using folder = makeDirectory();
	const packed = join(folder.path, 'package');
	const build = await runProcess(join(projectRoot, 'scripts/build'), ['--out', packed]);
	if (build.status !== 0) throw new Error(build.stderr);
	const args = ['pack', '--silent', '--pack-destination', folder.path];
	const { stdout } = await runProcess('npm', args, { cwd: packed });
	return readFileSync(join(folder.path, stdout.trim().split('\n').at(-1) ?? ''));
}

/** A project of a user's with `tarball` installed and, beside it, what this checkout has installed. */
export async function packedProject(tarball: Buffer): Promise<string> {
	const project = temporaryDirectory();
	const modules = join(project, 'node_modules');
	const own = join(modules, 'slipway');
	mkdirSync(own, { recursive: true });
	mkdirSync(join(modules, '.bin'));
	const file = join(project, 'slipway.tgz');
	writeFileSync(file, tarball);
	await runProcess('tar', ['-xzf', file, '-C', own, '--strip-components=1']);
	symlinkSync('../slipway/cli/main.js', join(modules, '.bin/slipway'));
	for (const name of readdirSync(join(projectRoot, 'node_modules')))
		if (!name.startsWith('.') && name !== 'slipway')
			symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name));
	writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
	return project;
}

/** The migrations of the counter project, for examples that read its table. */
export function addCounterMigrations(project: string): void {
	cpSync(join(projectRoot, 'migrations'), join(project, 'migrations'), { recursive: true });
}
