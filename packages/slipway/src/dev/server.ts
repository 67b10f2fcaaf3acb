import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	attachServer,
	findLent,
	type OwnProvider,
	startExternal,
	startServer,
	startWhenUnused,
} from '../postgres/index.ts';
import { adminConnection, type ProviderName, type Settings } from '../settings/index.ts';
import { RestartingServer } from './restarting-server.ts';

/** Where a checkout keeps what is its own: data, the password file, no source. */
export const checkoutFiles = (root: string) => join(root, '.slipway');
/** Lets psql in as the app: the login that `dev` or `up` had last. */
export const passFile = (root: string) => join(checkoutFiles(root), 'pgpass');
/** The commands that keep the server of a checkout running, which all others then use; also the words for who comes second. */
export const holders = { dev: 'npx slipway dev', up: 'npx slipway up' } as const;

const folders: Record<OwnProvider, string> = { embedded: 'postgres', container: 'container' };
export const serverFiles = (root: string, provider: OwnProvider) =>
	join(checkoutFiles(root), folders[provider]);

export interface DevServerOptions {
	readonly provider: ProviderName;
	readonly settings: Settings;
	readonly root: string;
	/** Which command keeps it running. */
	readonly holder: keyof typeof holders;
}

/** Starts the server that a command keeps running for as long as it runs itself, or uses the one that `up` runs. */
export async function startDevServer({
	provider,
	settings,
	root,
	holder,
}: DevServerOptions): Promise<RestartingServer> {
	if (provider === 'external') {
		const external = await startExternal({ admin: adminConnection(settings) });
		return new RestartingServer(external, async () => external);
	}
	const directory = serverFiles(root, provider);
	const options = { provider, image: settings.image, directory, command: holders[holder] };
	const lent = await findLent(provider, directory, [holders.up]);
	// Between two servers of this run, another command may take the directory for a moment.
	return new RestartingServer(lent ?? (await startServer(options)), () => startWhenUnused(options));
}

/**
 * The database for a command of its own, such as `migrate`: on the server that the settings name or, when
 * they name none, on that of this checkout, running or not. Throws `no-server` where that has not been used yet:
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
	await using server = await attachServer({
		provider,
		image: settings.image,
		directory: serverFiles(root, provider),
		command: 'another command',
		lenders: Object.values(holders),
	});
	await bootstrapDatabase(server.admin, settings.database, { dedicated: true });
	return await use(server.admin);
}

function noServer(root: string): SlipwayError {
	return new SlipwayError(
		'no-server',
		`there is no database to work on: npx slipway dev has not run yet in ${root}, and no setting names a server`,
		'Run npx slipway dev or npx slipway up, or name a server in the environment or in .env: DB_HOST or DATABASE_URL.',
	);
}

/** Every use puts down a claim, and takes it back. */
function usedLast(root: string): OwnProvider | undefined {
	const lastUse = (provider: OwnProvider) =>
		statSync(join(serverFiles(root, provider), 'claims'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
	const [last] = (['embedded', 'container'] as const)
		.filter((provider) => lastUse(provider) > 0)
		.toSorted((a, b) => lastUse(b) - lastUse(a));
	return last;
}
