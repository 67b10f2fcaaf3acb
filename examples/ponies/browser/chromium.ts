import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium of this machine. Throws if there is none: a test that is skipped proves nothing. */
export function findChromium({ CHROMIUM_PATH, PATH = '' }: NodeJS.ProcessEnv): string {
	if (CHROMIUM_PATH) return CHROMIUM_PATH;
	const candidates = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
	const found = candidates.find(isExecutable);
	if (found !== undefined) return found;
	throw new Error(
		`No Chromium found: ${names.join(', ')} are not in PATH.\nInstall one, such as Debian's package chromium, or set CHROMIUM_PATH.`,
	);
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
