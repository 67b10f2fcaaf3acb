import { delimiter, dirname, join } from 'node:path';
import type { Connection } from '../connection/index.ts';
import { appVariables } from '../settings/index.ts';

/**
 * What the service in `folder` gets of `inherited`, with the app's login and no other password. The names of the other roles stay:
 * the service checks that all are different.
 */
export function serviceEnvironment(
	inherited: NodeJS.ProcessEnv,
	app: Connection,
	folder: string,
): NodeJS.ProcessEnv {
	const { DB_ADMIN_PASSWORD: _admin, DB_MIGRATOR_PASSWORD: _migrator, ...others } = inherited;
	return {
		...others,
		PATH: [...programFolders(folder), inherited.PATH].join(delimiter),
		DB_ADMIN_PASSWORD_FILE: '',
		DB_MIGRATOR_PASSWORD_FILE: '',
		...appVariables(app),
	};
}

/** Where npm puts the programs of packages, for `folder` and all above it, as `npm run` has them in its PATH. */
function programFolders(folder: string): string[] {
	const parent = dirname(folder);
	const here = join(folder, 'node_modules', '.bin');
	return parent === folder ? [here] : [here, ...programFolders(parent)];
}
