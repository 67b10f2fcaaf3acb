import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Lists the checkouts in which this user has run a dev server. See the XDG Base Directory Specification. */
export function checkoutsFolder({ XDG_STATE_HOME }: NodeJS.ProcessEnv): string {
	return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'slipway', 'checkouts');
}

/** Adds the checkout in `root` to the list. */
export function noteCheckout(folder: string, root: string): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, createHash('sha256').update(root).digest('hex').slice(0, 16)), root);
}

/** The listed checkouts that still exist. Others are removed from the list. */
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
