import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runProcess } from '../helpers/child-process.ts';
import { folderWith } from '../helpers/project-files.ts';

/** A project with the packages of this checkout, Slipway's source among them. */
export function projectWithPackages(files: Readonly<Record<string, string>>): string {
	const root = folderWith(files);
	const modules = join(root, 'node_modules');
	mkdirSync(modules);
	for (const name of readdirSync(join(projectRoot, 'node_modules')).filter((each) => !each.startsWith('.')))
		symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name));
	symlinkSync(join(projectRoot, 'node_modules/.bin'), join(modules, '.bin'));
	return root;
}

/** The text of each file of a project, without packages and what is Slipway's own. */
export function filesOf(root: string): Record<string, string> {
	const paths = readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
		.filter((path) => !/^(node_modules|\.slipway|\.state)\//.test(path));
	return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** Runs Node in a project. */
export const runNode = (root: string, ...args: readonly string[]) =>
	runProcess(process.execPath, args, { cwd: root });
