import { once } from 'node:events';
import type { ResolvedConfig } from '../config/index.ts';
import { writePassFile } from '../connection/index.ts';
import type { OwnProvider } from '../provider-names.ts';
import { appConnection, type Settings } from '../settings/index.ts';
import { onBranch } from './branches/index.ts';
import { checkoutsFolder, noteCheckout } from './checkouts.ts';
import { prepareDatabase, type Report } from './prepare.ts';
import { checkoutFiles, passFile, startDevServer } from './server.ts';

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
	const prepare = async () => {
		const { admin } = server;
		const current = await onBranch({ ...options, files: checkoutFiles(root), admin, endpoint: admin });
		await prepareDatabase(server, { ...options, settings: current }, true);
		writePassFile(passFile(root), appConnection(current, admin));
	};
	await prepare();
	noteCheckout(checkoutsFolder(environment), root);
	onReady();
	const onEnd = (cause: Error) => report(`${cause.message}\nrestarting PostgreSQL`);
	await Promise.race([stopped, server.keepRunning({ onEnd, onRestarted: prepare })]);
}

function keepAlive(): Disposable {
	const timer = setInterval(() => {}, 2 ** 30);
	return { [Symbol.dispose]: () => clearInterval(timer) };
}
