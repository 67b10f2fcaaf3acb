import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A copy of the checkout with the same packages, on the same disk, so that a developer's data are not touched. */
export function copyCheckout(root: string): { readonly path: string } & Disposable {
	mkdirSync(join(root, '.slipway'), { recursive: true });
	const path = mkdtempSync(join(root, '.slipway/bench-'));
	for (const name of ['package.json', 'package-lock.json', 'scripts', 'src', 'migrations'])
		cpSync(join(root, name), join(path, name), { recursive: true, preserveTimestamps: true });
	symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
	return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
