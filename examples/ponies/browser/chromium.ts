import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Finds the installed Chromium. Throws if there is none, because a skipped test proves nothing. */
export function findChromium({ CHROMIUM_PATH, PATH = '' }: NodeJS.ProcessEnv): string {
	if (CHROMIUM_PATH) return CHROMIUM_PATH;
	const candidates = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
	const found = candidates.find(isExecutable);
	if (found !== undefined) return found;
	throw new Error(
		`No Chromium found: PATH contains none of ${names.join(', ')}.\nInstall one, such as Debian's package chromium, or set CHROMIUM_PATH.`,
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
