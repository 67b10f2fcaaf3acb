import { openFolder, type ProjectFolder } from './project-folder.ts';
import { projectFolders } from './workspace.ts';

const oldest = 22;
const current = 24;

/** The major version of Node that a project asks for. Slipway needs 22, so no less. Default: 24. */
export function detectNodeVersion(folders: readonly ProjectFolder[]): number {
	const { range } = findNamed(folders) ?? { range: '' };
	const major = Number(/\d+/.exec(range)?.[0]);
	if (major > 0) return isMinimum(range) ? Math.max(major, current) : Math.max(major, oldest);
	return current;
}

const isMinimum = (range: string) => /^\s*>/.test(range);

/** What a project says about its version of Node. */
export interface NamedNode {
	/** Where it says so, such as `.nvmrc`. */
	readonly file: string;
	/** A version, or a range as in package.json. */
	readonly range: string;
}

/** The version of Node that the project in `root`, or its workspace, names. */
export function namedNodeOf(root: string): NamedNode | undefined {
	return findNamed(projectFolders(root).map((folder) => openFolder(folder)));
}

function findNamed(folders: readonly ProjectFolder[]): NamedNode | undefined {
	for (const folder of folders) {
		const versions = {
			'.nvmrc': folder.text('.nvmrc'),
			'.node-version': folder.text('.node-version'),
			'.tool-versions': /^node(?:js)?\s+(\S+)/m.exec(folder.text('.tool-versions') ?? '')?.[1],
			'package.json': folder.manifest.engines?.node,
		};
		for (const [file, range = ''] of Object.entries(versions))
			if (/\d/.test(range)) return { file, range: range.trim() };
	}
	return undefined;
}
