import { join } from 'node:path';
import type { Connection } from '../connection/index.ts';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	lastUseOf,
	type PostgresServer,
	providers,
	startExternal,
	startOrJoin,
	startServer,
} from '../postgres/index.ts';
import { type OwnProvider, ownProviderNames, type ProviderName } from '../provider-names.ts';
import { adminConnection, appConnection, type Settings } from '../settings/index.ts';

/** Where a checkout keeps what is its own: data, the password file, no source. */
export const checkoutFiles = (root: string) => join(root, '.slipway');
/** Lets psql in as the app: the login that `scripts/dev` had last. */
export const passFile = (root: string) => join(checkoutFiles(root), 'pgpass');
/** Also the words for whoever comes second. */
const lender = 'scripts/dev';

export const serverFiles = (root: string, provider: OwnProvider) =>
	join(checkoutFiles(root), providers[provider].stateFolder);

export interface DevServer extends PostgresServer {
	/** The service's login, which may go through a pooler in front of an external server. */
	readonly app: Connection;
}

/** Starts the server that `scripts/dev` runs for as long as it runs itself. */
export async function startDevServer(
	provider: ProviderName,
	settings: Settings,
	root: string,
): Promise<DevServer> {
	if (provider === 'external') {
		const server = await startExternal({ admin: adminConnection(settings) });
		return { ...server, app: appConnection(settings) };
	}
	const directory = serverFiles(root, provider);
	const server = await startServer({ provider, image: settings.image, directory, command: lender });
	return { ...server, app: appConnection(settings, server.admin) };
}

/**
 * The database for a command of its own, such as `scripts/migrate`: on the server that the settings name or, when
 * they name none, on that of `scripts/dev`, running or not. Throws `no-server` where that has not been used yet:
 * whatever else listens on this machine is nobody's choice.
 *
 * `use` gets the endpoint of this checkout's server, and nothing where the settings name another one.
 */
export async function withDatabaseServer<T>(
	settings: Settings,
	root: string,
	use: (endpoint: Settings['endpoint'] | undefined) => Promise<T>,
): Promise<T> {
	const provider = settings.provider ?? usedLast(root);
	if (provider === undefined) throw noServer(root);
	if (provider === 'external') return await use(undefined);
	await using server = await startOrJoin({
		provider,
		image: settings.image,
		directory: serverFiles(root, provider),
		command: 'another command of scripts/',
		owner: lender,
	});
	await bootstrapDatabase(server.admin, settings.database, { dedicated: true });
	return await use(server.admin);
}

function noServer(root: string): SlipwayError {
	return new SlipwayError(
		'no-server',
		`there is no database to work on: scripts/dev has not run yet in ${root}, and no setting names a server`,
		'Run scripts/dev, or name a server in the environment or in .env: DB_HOST or DATABASE_URL.',
	);
}

function usedLast(root: string): OwnProvider | undefined {
	const lastUse = (provider: OwnProvider) => lastUseOf(serverFiles(root, provider));
	const [last] = ownProviderNames
		.filter((provider) => lastUse(provider) > 0)
		.toSorted((a, b) => lastUse(b) - lastUse(a));
	return last;
}
