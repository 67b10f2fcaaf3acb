import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok } from '../finding.ts';

/** A run as root, or in a container as another user, leaves files that this user cannot change. */
export function checkFiles({ root }: DoctorContext): Finding[] {
	const kept = join(root, '.slipway');
	const directories = [root, join(root, 'node_modules'), kept].filter(existsSync);
	const below = isReadable(kept) ? readdirSync(kept).map((name) => join(kept, name)) : [];
	const closed = [...directories, ...below].filter((path) => !isWritable(path));
	if (closed.length === 0) return [ok('the project is writable')];
	return closed.map((path) =>
		error(
			`${path} belongs to user ${statSync(path).uid}, and user ${process.getuid?.()} cannot write to it`,
			`Change its owner: sudo chown -R "$(id -u):$(id -g)" '${path}'`,
		),
	);
}

const isWritable = (path: string) => allows(path, constants.W_OK);
const isReadable = (path: string) => allows(path, constants.R_OK | constants.X_OK);

function allows(path: string, mode: number): boolean {
	try {
		accessSync(path, mode);
		return true;
	} catch {
		return false;
	}
}
