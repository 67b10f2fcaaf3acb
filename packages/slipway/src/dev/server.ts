import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../connection/index.ts';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	attachServer,
	type OwnProvider,
	type PostgresServer,
	startExternal,
	startServer,
} from '../postgres/index.ts';
import { adminConnection, appConnection, type ProviderName, type Settings } from '../settings/index.ts';

/** Where a checkout keeps its data and its password file. */
export const checkoutFiles = (root: string) => join(root, '.slipway');
/** The password file for psql, with the app's login of the last run. */
export const passFile = (root: string) => join(checkoutFiles(root), 'pgpass');
/** Identifies the dev server to other commands, also in error messages. */
const lender = 'npx slipway dev';

const folders: Record<OwnProvider, string> = { embedded: 'postgres', container: 'container' };
export const serverFiles = (root: string, provider: OwnProvider) =>
	join(checkoutFiles(root), folders[provider]);

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
 * Runs `use` with the database of a command such as `npx slipway migrate`: on the server that the settings name or, if
 * they name none, on the dev server of this checkout, which is started if it is not running. Throws `no-server` if that
 * has never been used: another server on this machine is not chosen by guessing.
 *
 * `use` gets the endpoint of the dev server, or `undefined` if the settings name another one.
 */
export async function withDatabaseServer<T>(
	settings: Settings,
	root: string,
	use: (endpoint: Settings['endpoint'] | undefined) => Promise<T>,
): Promise<T> {
	const provider = settings.provider ?? usedLast(root);
	if (provider === undefined) throw noServer(root);
	if (provider === 'external') return await use(undefined);
	await using server = await attachServer({
		provider,
		image: settings.image,
		directory: serverFiles(root, provider),
		command: 'another Slipway command',
		lender,
	});
	await bootstrapDatabase(server.admin, settings.database, { dedicated: true });
	return await use(server.admin);
}

function noServer(root: string): SlipwayError {
	return new SlipwayError(
		'no-server',
		`no database server: npx slipway dev has not run yet in ${root}, and no setting names a server`,
		'Run npx slipway dev, or set DB_HOST or DATABASE_URL in the environment or in .env.',
	);
}

/** Every use adds and removes a file in the folder `claims`. */
function usedLast(root: string): OwnProvider | undefined {
	const lastUse = (provider: OwnProvider) =>
		statSync(join(serverFiles(root, provider), 'claims'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
	const [last] = (['embedded', 'container'] as const)
		.filter((provider) => lastUse(provider) > 0)
		.toSorted((a, b) => lastUse(b) - lastUse(a));
	return last;
}
