import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Links the packages in `from` that `to` does not have, also those in a scope that it has. */
export function linkPackages(from: string, to: string): void {
	mkdirSync(to, { recursive: true });
	for (const name of readdirSync(from).filter((each) => !each.startsWith('.'))) {
		if (name.startsWith('@')) linkPackages(join(from, name), join(to, name));
		else if (!existsSync(join(to, name))) symlinkSync(join(from, name), join(to, name));
	}
}
