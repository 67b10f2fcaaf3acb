import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import { type Folder, makeFolder } from '../folder.ts';

/** Builds the package as npm would publish it, unless it is `built` already. */
export function buildPackage(root: string, built?: string): Folder {
	if (built !== undefined) return { path: built, [Symbol.dispose]() {} };
	using stack = new DisposableStack();
	const folder = stack.use(makeFolder(tmpdir()));
	const args = [join(root, 'scripts/build.ts'), '--out', folder.path];
	try {
		execFileSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
	} catch (cause) {
		throw new SlipwayError('build-failed', 'the package could not be built', 'Fix the error above.', {
			cause,
		});
	}
	stack.move();
	return folder;
}
