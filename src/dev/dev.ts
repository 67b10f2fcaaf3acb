import { join } from 'node:path';
import { formatFault } from '../cli/index.ts';
import type { Connection } from '../connection/index.ts';
import { checkCanListen } from '../listening.ts';
import { migratorConnection, type ProviderName, type Settings } from '../settings/index.ts';
import { psqlCommand, writePassFile } from './pass-file.ts';
import { applyMigrations, prepareDatabase, type Report } from './prepare.ts';
import { checkoutFiles, startServer } from './server.ts';
import { ServiceProcess } from './service-process.ts';
import { watchDirectory } from './watch.ts';

export interface DevOptions {
	/** The project's folder. */
	readonly root: string;
	readonly provider: ProviderName;
	readonly settings: Settings;
	/** What the service inherits, besides its login. */
	readonly environment: NodeJS.ProcessEnv;
	readonly report: Report;
	/** Told where the service listens, and how to open psql, when both work. */
	readonly onReady: (address: string, psql: string) => void;
	/** Ends the run. */
	readonly signal: AbortSignal;
}

/**
 * Brings up PostgreSQL, the database and the service, and keeps the service and the schema in step with the source
 * until the signal comes. Rejects when the server ends by itself.
 */
export async function runDev(options: DevOptions): Promise<void> {
	const { root, provider, settings, report, signal } = options;
	await checkCanListen(settings.service.host, settings.service.port);
	await using server = await startServer(provider, settings, root);
	report(`PostgreSQL (${provider}) answers on ${server.admin.host}:${server.admin.port}`);
	const app = await prepareDatabase(server, settings, join(root, 'migrations'), report);
	const migrator = migratorConnection(settings, server.admin);
	const passFile = join(checkoutFiles(root), 'pgpass');
	writePassFile(passFile, [app, migrator, server.admin]);

	await using service = new ServiceProcess({
		entry: join(root, 'src/service/main.ts'),
		environment: serviceEnvironment(options.environment, app),
		onCrash: (how) => report(`the service ended ${how}; it starts again when a file changes`),
	});
	const address = await service.restart();
	using _watching = watchSource(root, service, migrator, report);
	options.onReady(address, psqlCommand(passFile, app));
	await untilEnd(signal, server.ended);
}

/**
 * The login as variables. An empty one counts as not set, and keeps a `.env` from saying otherwise.
 */
function serviceEnvironment(inherited: NodeJS.ProcessEnv, app: Connection): NodeJS.ProcessEnv {
	return {
		...inherited,
		DATABASE_URL: '',
		DATABASE_URL_FILE: '',
		DB_HOST: app.host,
		DB_PORT: String(app.port),
		DB_SSLMODE: app.sslMode,
		DB_USERNAME: app.username,
		DB_PASSWORD: app.password,
		DB_PASSWORD_FILE: '',
		DATABASE_NAME: app.database,
	};
}

function watchSource(
	root: string,
	service: ServiceProcess,
	migrator: Connection,
	report: Report,
): Disposable {
	const attempt = (step: () => Promise<void>) => () =>
		void step().catch((error: unknown) => report(formatFault(error, false)));
	const source = watchDirectory(
		join(root, 'src'),
		attempt(async () => report(`restarted on ${await service.restart()}`)),
	);
	const migrations = join(root, 'migrations');
	const schema = watchDirectory(
		migrations,
		attempt(() => applyMigrations(migrator, migrations, report)),
	);
	return {
		[Symbol.dispose]: () => {
			source[Symbol.dispose]();
			schema[Symbol.dispose]();
		},
	};
}

async function untilEnd(signal: AbortSignal, serverEnded: Promise<Error>): Promise<void> {
	const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
	signal.addEventListener('abort', () => resolve(undefined), { once: true });
	if (signal.aborted) resolve(undefined);
	const cause = await Promise.race([aborted, serverEnded]);
	if (cause !== undefined) throw cause;
}
