import { delimiter, dirname, join } from 'node:path';
import { type Connection, clientVariables } from './connection/index.ts';
import { appVariables } from './settings/index.ts';

/**
 * The environment for a program that uses the database: `inherited`, with the login in `DATABASE_URL`, libpq's `PG…`
 * variables and Slipway's own settings, the authority of its certificate for clients on Node, and without the passwords of other roles. The names of those roles stay, because
 * the settings check that all names differ. `folder` is where the program runs.
 */
export function programEnvironment(
	inherited: NodeJS.ProcessEnv,
	login: Connection,
	folder: string,
): NodeJS.ProcessEnv {
	const others = Object.entries(inherited).filter(
		([name]) => !/^(PG|DB_(ADMIN|MIGRATOR)_PASSWORD|SLIPWAY_TEST_SERVER)/.test(name),
	);
	const authority = login.tlsFiles?.rootCert ?? login.sslRootCert;
	return {
		...Object.fromEntries(others),
		PATH: [...programFolders(folder), inherited.PATH].join(delimiter),
		DB_ADMIN_PASSWORD_FILE: '',
		DB_MIGRATOR_PASSWORD_FILE: '',
		...appVariables(login),
		...(authority && { NODE_EXTRA_CA_CERTS: authority }),
		...clientVariables(login),
	};
}

/** The folders with programs of packages, for `folder` and all its parents, like `npm run` puts them in PATH. */
function programFolders(folder: string): string[] {
	const parent = dirname(folder);
	const here = join(folder, 'node_modules', '.bin');
	return parent === folder ? [here] : [here, ...programFolders(parent)];
}
