import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What detection reads of a package.json. */
export interface Manifest {
	readonly name?: string;
	readonly type?: string;
	readonly packageManager?: string;
	readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
	readonly engines?: { readonly node?: string };
	readonly scripts?: Readonly<Record<string, string>>;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly devDependencies?: Readonly<Record<string, string>>;
	readonly prisma?: { readonly schema?: string };
	readonly jest?: unknown;
	readonly mocha?: unknown;
	readonly ava?: unknown;
}

/** A project's folder as detection sees it. What cannot be read counts as absent. */
export interface ProjectFolder {
	readonly root: string;
	readonly manifest: Manifest;
	/** The file's text, or undefined if there is none. */
	text(path: string): string | undefined;
	has(path: string): boolean;
	/** The names in a folder, ordered. */
	names(folder: string): readonly string[];
	/** The first of these files that exists. */
	first(paths: readonly string[]): string | undefined;
	/** All files, as relative paths, without those of other packages, builds and hidden folders. */
	readonly files: readonly string[];
	/** Whether package.json, or that of the workspace, names this package. */
	depends(name: string): boolean;
}

/** Opens `root`. `workspace` is the folder of the workspace that it is a package of. */
export function openFolder(root: string, workspace?: string): ProjectFolder {
	const manifest = readManifest(root);
	const manifests = [manifest, ...(workspace === undefined ? [] : [readManifest(workspace)])];
	let files: readonly string[] | undefined;
	const has = (path: string) => existsSync(join(root, path));
	return {
		root,
		manifest,
		has,
		text: (path) => readText(join(root, path)),
		names: (folder) => entriesOf(join(root, folder)).map(({ name }) => name),
		first: (paths) => paths.find(has),
		get files() {
			files ??= listFiles(root);
			return files;
		},
		depends: (name) =>
			manifests.some(({ dependencies, devDependencies }) => dependencies?.[name] ?? devDependencies?.[name]),
	};
}

export function readManifest(folder: string): Manifest {
	try {
		const manifest: unknown = JSON.parse(readText(join(folder, 'package.json')) ?? '{}');
		return typeof manifest === 'object' && manifest !== null ? manifest : {};
	} catch {
		return {};
	}
}

function readText(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return undefined;
	}
}

function entriesOf(folder: string): Dirent[] {
	try {
		return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
	} catch {
		return [];
	}
}

const skipped = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor', 'target', 'venv']);
const maxDepth = 7;
/** A project with more is searched in part: detection has to stay fast. */
const maxFiles = 20_000;

/** Level by level, so that the limit leaves out what is deepest. */
function listFiles(root: string): string[] {
	const files: string[] = [];
	let folders = [''];
	for (let depth = 0; depth < maxDepth && files.length < maxFiles; depth++) {
		const next: string[] = [];
		for (const folder of folders)
			for (const entry of entriesOf(join(root, folder))) {
				const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
				if (!entry.isDirectory()) files.push(path);
				else if (isOwn(root, path, entry.name)) next.push(path);
			}
		folders = next;
	}
	return files;
}

/** A folder with a package.json of its own is another project. */
const isOwn = (root: string, path: string, name: string) =>
	!skipped.has(name) && !name.startsWith('.') && !existsSync(join(root, path, 'package.json'));

/** The folder of `path`; `.` for files of the project's own. */
export const folderOf = (path: string): string => dirname(path);
export const nameOf = (path: string): string => basename(path);
