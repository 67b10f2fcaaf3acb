import { once } from 'node:events';
import type { ResolvedConfig } from '../config/index.ts';
import { writePassFile } from '../connection/index.ts';
import type { OwnProvider } from '../provider-names.ts';
import type { Settings } from '../settings/index.ts';
import { passFile } from './checkout-files.ts';
import { checkoutsFolder, noteCheckout } from './checkouts.ts';
import { CurrentDatabase, type CurrentDatabaseOptions, type CurrentServer } from './current-database.ts';
import type { Report } from './prepare.ts';
import { startDevServer } from './server.ts';

export interface ServeOptions {
	/** The project's folder. */
	readonly root: string;
	readonly config: ResolvedConfig;
	readonly provider: OwnProvider;
	readonly settings: Settings;
	readonly environment: NodeJS.ProcessEnv;
	readonly report: Report;
	/** Called when the database can be used. */
	readonly onReady: () => void;
}

/** Runs the dev database until SIGTERM or SIGINT. Restarts the server if it exits unexpectedly. */
export async function serveInBackground(options: ServeOptions): Promise<void> {
	const { root, environment, report, onReady } = options;
	const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
	// Neither a server nor a signal handler keeps Node running.
	using _alive = keepAlive();
	await using server = await startDevServer({ ...options, holder: 'up' });
	const prepare = () => updateDatabase(options, server);
	await prepare();
	noteCheckout(checkoutsFolder(environment), root);
	onReady();
	const onEnd = (cause: Error) => report(`${cause.message}\nrestarting PostgreSQL`);
	await Promise.race([stopped, server.keepRunning({ onEnd, onRestarted: prepare })]);
}

/** Brings the database of `server` that is used now up to date, and writes its password file for psql. */
export async function updateDatabase(options: CurrentDatabaseOptions, server: CurrentServer): Promise<void> {
	const database = new CurrentDatabase(options, server);
	await database.prepare();
	writePassFile(passFile(options.root), database.login);
}

function keepAlive(): Disposable {
	const timer = setInterval(() => {}, 2 ** 30);
	return { [Symbol.dispose]: () => clearInterval(timer) };
}
