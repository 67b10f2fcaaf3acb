import { dirname, join, relative } from 'node:path';
import { globSync } from 'tinyglobby';
import { readManifest } from './project-folder.ts';
import { readYamlList } from './yaml-list.ts';

/** The folder of a project, and that of the workspace that it is a package of. */
export function projectFolders(root: string): readonly string[] {
	const workspace = workspaceOf(root);
	return workspace === undefined ? [root] : [root, workspace];
}

/** The workspace that `root` is a package of, or undefined. */
export function workspaceOf(root: string): string | undefined {
	for (let folder = dirname(root); folder !== dirname(folder); folder = dirname(folder))
		if (packagesOf(folder).some((each) => each === root)) return folder;
	return undefined;
}

/** The folders of the packages in the workspace `root`; none if it is no workspace. */
export function packagesOf(root: string): readonly string[] {
	const patterns = patternsOf(root).map((pattern) => pattern.replace(/^\.\//, '').replace(/\/$/, ''));
	if (patterns.length === 0) return [];
	const files = patterns.map((pattern) => `${pattern}/package.json`);
	return globSync(files, { cwd: root, ignore: ['**/node_modules/**'], expandDirectories: false })
		.map((file) => join(root, dirname(file)))
		.filter((folder) => relative(root, folder) !== '')
		.toSorted();
}

function patternsOf(root: string): readonly string[] {
	const { workspaces } = readManifest(root);
	const named = Array.isArray(workspaces)
		? workspaces
		: ((workspaces as { packages?: readonly string[] } | undefined)?.packages ?? []);
	return [...named, ...readYamlList(join(root, 'pnpm-workspace.yaml'), 'packages')];
}
