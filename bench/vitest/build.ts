import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import { type Folder, makeFolder } from '../folder.ts';

/** A folder with the package's JavaScript, as npm would publish it. */
export function buildPackage(root: string): Folder {
	using stack = new DisposableStack();
	const folder = stack.use(makeFolder(tmpdir()));
	try {
		const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
		const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder.path];
		execFileSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
	} catch (error) {
		throw new SlipwayError('build-failed', 'the package could not be built', 'Mend what tsc says above.', {
			cause: error,
		});
	}
	stack.move();
	return folder;
}
