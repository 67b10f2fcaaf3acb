import { delimiter, dirname, join } from 'node:path';
import { type Connection, clientVariables } from './connection/index.ts';
import { appVariables } from './settings/index.ts';

/**
 * The environment of a program that finds its database in it: `inherited` with the login in `DATABASE_URL`, libpq's `PG…`
 * variables and Slipway's own settings, and without any other password. The names of the other roles stay: settings
 * check that all are different. `folder` is where the program runs.
 */
export function programEnvironment(
	inherited: NodeJS.ProcessEnv,
	login: Connection,
	folder: string,
): NodeJS.ProcessEnv {
	const others = Object.entries(inherited).filter(
		([name]) => !/^(PG|DB_(ADMIN|MIGRATOR)_PASSWORD)/.test(name),
	);
	return {
		...Object.fromEntries(others),
		PATH: [...programFolders(folder), inherited.PATH].join(delimiter),
		DB_ADMIN_PASSWORD_FILE: '',
		DB_MIGRATOR_PASSWORD_FILE: '',
		...appVariables(login),
		...clientVariables(login),
	};
}

/** Where npm puts the programs of packages, for `folder` and all above it, as `npm run` has them in its PATH. */
function programFolders(folder: string): string[] {
	const parent = dirname(folder);
	const here = join(folder, 'node_modules', '.bin');
	return parent === folder ? [here] : [here, ...programFolders(parent)];
}
