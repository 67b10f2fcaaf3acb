import { join } from 'node:path';
import type { ResolvedConfig } from '../config/index.ts';
import type { Connection } from '../connection/index.ts';
import { bootstrapDatabase } from '../database/bootstrap/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	explainFullDisk,
	findOwned,
	lastUseOf,
	providers,
	startExternal,
	startOrJoin,
	startServer,
	startWhenUnused,
} from '../postgres/index.ts';
import { type OwnProvider, ownProviderNames, type ProviderName } from '../provider-names.ts';
import { adminConnection, type Settings } from '../settings/index.ts';
import { onBranch } from './branches/index.ts';
import { checkoutFiles } from './checkout-files.ts';
import type { Report } from './prepare.ts';
import { RestartingServer } from './restarting-server.ts';

/** The commands that keep the dev server of a checkout running. Error messages name them. */
export const holders = { dev: 'npx slipway dev', up: 'npx slipway up' } as const;

export const serverFiles = (root: string, provider: OwnProvider) =>
	join(checkoutFiles(root), providers[provider].stateFolder);

export interface DevServerOptions {
	readonly provider: ProviderName;
	readonly settings: Settings;
	readonly root: string;
	/** The command that keeps it running. */
	readonly holder: keyof typeof holders;
}

/** Uses the dev server that `up` runs or, if there is none, starts one that runs as long as this command. */
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
	const { version, image } = settings;
	const options = { provider, version, image, directory, command: holders[holder] };
	const running = await findOwned(provider, directory, [holders.up]);
	// During a restart, another command may use the directory for a moment.
	return new RestartingServer(running ?? (await startServer(options)), () => startWhenUnused(options));
}

export interface DatabaseOptions {
	readonly settings: Settings;
	/** The project's folder. */
	readonly root: string;
	readonly config: ResolvedConfig;
	readonly report: Report;
}

export interface DatabaseServer {
	/** They name the database in use: that of the git branch, if each has one. */
	readonly settings: Settings;
	readonly admin: Connection;
	/** Where the roles log in; undefined for the server in the settings. */
	readonly endpoint: Settings['endpoint'] | undefined;
}

/**
 * Runs `use` with the database of a command such as `npx slipway migrate`: on the server in the settings or,
 * without one, on the dev server of this checkout, which is started if it is not running. Throws `no-server`
 * if that has never been used, rather than guess another server on this machine.
 */
export async function withDatabaseServer<T>(
	{ settings, root, config, report }: DatabaseOptions,
	use: (server: DatabaseServer) => Promise<T>,
): Promise<T> {
	const provider = settings.provider ?? usedLast(root);
	if (provider === undefined) throw noServer(root);
	const withBranch = async (admin: Connection, endpoint?: Connection) => {
		const options = { root, config, settings, admin, endpoint, report };
		return { settings: await onBranch(options), admin, endpoint };
	};
	if (provider === 'external') return await use(await withBranch(adminConnection(settings)));
	return await withDevServer(provider, settings, root, async (admin) => {
		const current = await withBranch(admin, admin);
		await bootstrapDatabase(admin, current.settings.database, { dedicated: true });
		return await use(current);
	});
}

/**
 * Runs `use` with the admin's login to the server that the settings name or, without one, to the dev server of this
 * checkout, if it has ever been used. `own`: to the dev server.
 */
export async function withAdminLogin<T>(
	settings: Settings,
	root: string,
	use: (admin: Connection, server: { readonly own: boolean }) => Promise<T>,
): Promise<T> {
	const provider = settings.provider ?? usedLast(root);
	if (provider === undefined || provider === 'external')
		return await use(adminConnection(settings), { own: false });
	return await withDevServer(provider, settings, root, (admin) => use(admin, { own: true }));
}

async function withDevServer<T>(
	provider: OwnProvider,
	{ version, image }: Settings,
	root: string,
	use: (admin: Connection) => Promise<T>,
): Promise<T> {
	const directory = serverFiles(root, provider);
	const owners = Object.values(holders);
	const command = 'another Slipway command';
	await using server = await startOrJoin({ provider, version, image, directory, command, owners });
	try {
		return await use(server.admin);
	} catch (error) {
		// Those of a container are on the engine's disk.
		throw provider === 'embedded' ? explainFullDisk(error, directory) : error;
	}
}

export function noServer(root: string): SlipwayError {
	return new SlipwayError(
		'no-server',
		`no database server: npx slipway dev has not run yet in ${root}, and no setting names a server`,
		'Run npx slipway dev or npx slipway up, or set DB_HOST or DATABASE_URL in the environment or in .env.',
	);
}

/** The provider whose server this checkout used last. */
export function usedLast(root: string): OwnProvider | undefined {
	const lastUse = (provider: OwnProvider) => lastUseOf(serverFiles(root, provider));
	const [last] = ownProviderNames
		.filter((provider) => lastUse(provider) > 0)
		.toSorted((a, b) => lastUse(b) - lastUse(a));
	return last;
}
