import { join } from 'node:path';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import {
	attachEmbedded,
	hasServer,
	type PostgresServer,
	startEmbedded,
	startExternal,
} from '../postgres/index.ts';
import { adminConnection, type ProviderName, type Settings } from '../settings/index.ts';

/** Where a checkout keeps what is its own: data, the password file, no source. */
export const checkoutFiles = (root: string) => join(root, '.slipway');
/** Also the words for whoever comes second. */
const lender = 'scripts/dev';
export const serverFiles = (root: string) => join(checkoutFiles(root), 'postgres');

/** Starts the server that `scripts/dev` runs for as long as it runs itself. */
export function startServer(
	provider: ProviderName,
	settings: Settings,
	root: string,
): Promise<PostgresServer> {
	if (provider === 'external') return startExternal({ admin: adminConnection(settings) });
	return startEmbedded({ directory: serverFiles(root), command: lender });
}

/**
 * The database for a command of its own, such as `scripts/migrate`: on the server that the settings name or, when
 * they name none and this checkout has been used with `scripts/dev`, on the embedded one, running or not.
 */
export async function withDatabaseServer<T>(
	settings: Settings,
	root: string,
	use: (endpoint: Settings['endpoint']) => Promise<T>,
): Promise<T> {
	const provider = settings.provider ?? (hasServer(serverFiles(root)) ? 'embedded' : 'external');
	if (provider === 'external') return await use(settings.endpoint);
	await using server = await attachEmbedded({
		directory: serverFiles(root),
		command: 'another command of scripts/',
		lender,
	});
	await bootstrapDatabase(server.admin, settings.database);
	return await use(server.admin);
}
