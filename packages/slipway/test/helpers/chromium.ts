import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts the Chromium of this machine. Throws if there is none, because a skipped test proves nothing. */
export function startChromium(): Promise<Browser> {
	// Its sandbox refuses to run as root, the default user in containers.
	return chromium.launch({ executablePath: findChromium(), chromiumSandbox: process.getuid?.() !== 0 });
}

function findChromium(): string {
	const folders = (process.env.PATH ?? '').split(delimiter);
	const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
	if (found !== undefined) return found;
	throw new Error(`PATH contains none of ${names.join(', ')}. Install one: Debian has the package chromium.`);
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
