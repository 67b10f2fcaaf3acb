import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from 'slipway/test-helpers/child-process';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';

/** Like `ownCheckout`, but with empty caches. */
export function ownCheckoutWithCaches(): string {
	const checkout = ownCheckout();
	const modules = join(checkout, 'node_modules');
	rmSync(modules);
	mkdirSync(modules);
	const installed = join(projectRoot, 'node_modules');
	for (const name of readdirSync(installed).filter((name) => name !== '.cache'))
		symlinkSync(join(installed, name), join(modules, name));
	return checkout;
}

/**
 * A copy of this project for the running test, removed when the test finishes. It uses the packages installed here, and
 * their caches, which save the test slow work.
 */
export function ownCheckout(): string {
	const checkout = temporaryDirectory();
	for (const name of [
		'package.json',
		'package-lock.json',
		'slipway.config.ts',
		'scripts',
		'src',
		'migrations',
		'seeds',
	])
		cpSync(join(projectRoot, name), join(checkout, name), { recursive: true, preserveTimestamps: true });
	symlinkSync(join(projectRoot, 'node_modules'), join(checkout, 'node_modules'));
	return checkout;
}
