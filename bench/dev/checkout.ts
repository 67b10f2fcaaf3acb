import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { lockNewDirectory } from 'slipway/test-helpers/processes';

/**
 * Copies of the checkout on the same disk, which share its packages but not the developer's data. They are removed
 * together at the end: ext4 creates files several times more slowly for a while after many were removed.
 */
export function copiesOf(root: string): { next(): string } & Disposable {
	mkdirSync(join(root, '.slipway'), { recursive: true });
	const folder = mkdtempSync(join(root, '.slipway/bench-'));
	lockNewDirectory(folder, 'scripts/bench');
	return {
		next: () => copyCheckout(root, mkdtempSync(join(folder, 'checkout-'))),
		[Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
	};
}

function copyCheckout(root: string, path: string): string {
	for (const name of [
		'package.json',
		'package-lock.json',
		'slipway.config.ts',
		'scripts',
		'src',
		'migrations',
	])
		cpSync(join(root, name), join(path, name), { recursive: true, preserveTimestamps: true });
	symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
	return path;
}
