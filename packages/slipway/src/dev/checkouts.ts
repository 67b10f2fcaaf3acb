import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this user's checkouts are noted that have run a dev server (XDG Base Directory Specification). */
export function checkoutsFolder({ XDG_STATE_HOME }: NodeJS.ProcessEnv): string {
	return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'slipway', 'checkouts');
}

/** Notes the checkout in `root`, so that it is listed from every other one. */
export function noteCheckout(folder: string, root: string): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, createHash('sha256').update(root).digest('hex').slice(0, 16)), root);
}

/** The checkouts that have been noted and still exist. */
export function listCheckouts(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder).flatMap((name) => {
		const file = join(folder, name);
		const root = readFileSync(file, 'utf8');
		if (existsSync(root)) return [root];
		rmSync(file, { force: true });
		return [];
	});
}
