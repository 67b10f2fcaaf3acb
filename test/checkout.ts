import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './child-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A checkout of the running test's own, with the installed packages of this one; removed when the test has ended. */
export function ownCheckout(): string {
	const checkout = temporaryDirectory();
	for (const name of ['package.json', 'package-lock.json', 'scripts', 'src', 'migrations', 'seeds'])
		cpSync(join(projectRoot, name), join(checkout, name), { recursive: true, preserveTimestamps: true });
	symlinkSync(join(projectRoot, 'node_modules'), join(checkout, 'node_modules'));
	return checkout;
}
