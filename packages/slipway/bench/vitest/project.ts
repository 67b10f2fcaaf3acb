import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../src/postgres/index.ts';
import { makeFolder } from '../folder.ts';

/** A user's project with the package installed. */
export interface Project extends Disposable {
	readonly folder: string;
	/** Its TMPDIR, which contains only the files of its servers. */
	readonly servers: string;
	write(files: Readonly<Record<string, string>>): void;
}

/**
 * Creates a project with the package from `dist` and the packages installed in `root`. `seedMb`: the megabytes that its
 * servers start with.
 */
export function makeProject(root: string, dist: string, seedMb = 0): Project {
	using stack = new DisposableStack();
	const { path: folder } = stack.use(makeFolder(tmpdir()));
	const { path: servers } = stack.use(makeFolder(temporaryFolder(seedMb * 1024 ** 2)));
	installPackages(join(folder, 'node_modules'), root, dist);
	const made = stack.move();
	return {
		folder,
		servers,
		write(files) {
			for (const [name, text] of Object.entries(files)) {
				mkdirSync(dirname(join(folder, name)), { recursive: true });
				writeFileSync(join(folder, name), text);
			}
		},
		[Symbol.dispose]: () => made.dispose(),
	};
}

function installPackages(modules: string, root: string, dist: string): void {
	const installed = join(root, 'node_modules');
	mkdirSync(modules, { recursive: true });
	for (const name of readdirSync(installed).filter((name) => !name.startsWith('.') && name !== 'slipway'))
		symlinkSync(join(installed, name), join(modules, name));
	cpSync(dist, join(modules, 'slipway'), { recursive: true });
}
