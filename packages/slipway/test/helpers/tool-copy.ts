import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, toolRoot } from './child-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A copy of the tool's source with the installed packages but `except`, removed when the test has ended. */
export function copyTool(except: readonly string[] = []): string {
	const copy = temporaryDirectory();
	for (const name of ['package.json', 'src'])
		cpSync(join(toolRoot, name), join(copy, name), { recursive: true, preserveTimestamps: true });
	const installed = join(projectRoot, 'node_modules');
	mkdirSync(join(copy, 'node_modules'));
	for (const name of readdirSync(installed))
		if (name !== '.cache' && !except.includes(name))
			symlinkSync(join(installed, name), join(copy, 'node_modules', name));
	return copy;
}
