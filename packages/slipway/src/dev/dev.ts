import { isDeepStrictEqual } from 'node:util';
import type { ResolvedConfig } from '../config/index.ts';
import { type Connection, describeServers, psqlCommand, writePassFile } from '../connection/index.ts';
import { Disposables } from '../disposables.ts';
import { migrationSource, watchedPaths } from '../migration-sources/index.ts';
import { cacheFolder } from '../postgres/index.ts';
import { programEnvironment } from '../program-environment.ts';
import type { ProviderName } from '../provider-names.ts';
import type { Settings } from '../settings/index.ts';
import { formatError } from '../terminal/index.ts';
import { gitFiles, usesBranches } from './branches/index.ts';
import { passFile } from './checkout-files.ts';
import { checkoutsFolder, noteCheckout } from './checkouts.ts';
import { CurrentDatabase } from './current-database.ts';
import { formatLinks } from './links.ts';
import { checkPort } from './port.ts';
import type { Report } from './prepare.ts';
import { serverFiles, startDevServer } from './server.ts';
import { ServiceProcess } from './service-process.ts';
import { untilAborted } from './until-aborted.ts';
import { type WatchOptions, watchDirectory } from './watch.ts';

export interface DevOptions {
	/** The project's folder. */
	readonly root: string;
	readonly config: ResolvedConfig;
	readonly provider: ProviderName;
	readonly settings: Settings;
	/** The command that starts the service, in place of the configured one. */
	readonly command?: readonly string[] | undefined;
	/** Run the development seeds before the service starts. */
	readonly seed: boolean;
	/** The environment that the service inherits. The login is added to it. */
	readonly environment: NodeJS.ProcessEnv;
	readonly report: Report;
	/** Called with the service's address, its configured links and the command for psql, once these work. */
	readonly onReady: (address: string, links: readonly string[], psql: string) => void;
	/** Aborted to stop the run. */
	readonly signal: AbortSignal;
}

/**
 * Starts PostgreSQL, the database and the service, and keeps the service and the schema up to date with the
 * source until the signal is aborted. A server that exits unexpectedly is restarted; rejects with the cause
 * if that fails three times in a row.
 *
 * A signal during startup abandons the current step without waiting for it. The step ends with this process,
 * so the caller has to exit.
 */
export async function runDev(options: DevOptions): Promise<void> {
	try {
		await run(options);
	} catch (error) {
		if (!options.signal.aborted || error !== options.signal.reason) throw error;
	}
}

async function run(options: DevOptions): Promise<void> {
	const { root, config, provider, settings, report, signal } = options;
	const until = <T>(step: Promise<T>) => untilAborted(signal, step);
	const command = options.command ?? config.dev.command;
	await until(checkPort(settings.service, provider === 'external' ? undefined : serverFiles(root, provider)));
	const head = usesBranches(config, settings) ? [(await until(gitFiles(root))).head] : [];
	await using server = await until(startDevServer({ ...options, holder: 'dev' }));
	report(`PostgreSQL (${provider}) is running on ${describeServers(server.admin)}`);
	const database = new CurrentDatabase(options, server);
	const preparing = database.prepare();
	/** The service's login. Undefined until the database is ready. */
	let app: Connection | undefined;
	const hasMoved = () => app !== undefined && !isDeepStrictEqual(app, database.login);
	const migrate = oneAtATime(preparing, async () => {
		await database.followBranch();
		await Promise.all([database.migrate(), hasMoved() ? service.stop() : undefined]);
	});
	const move = async () => {
		if (!hasMoved()) return;
		app = database.login;
		writePassFile(passFile(root), app);
		await start();
	};
	/** The service moves to the database of another branch even if that cannot be migrated. */
	const update = () => migrate().finally(move);
	// Before the database is prepared, so that no change is missed.
	using schema = new Disposables();
	const patterns = watchedPaths(migrationSource(config.migrations).patterns);
	for (const path of patterns) schema.use(follow(path, update, options));
	// A checkout changes it once, after the files. A rebase changes it for each commit.
	for (const path of head) schema.use(follow(path, update, { ...options, pause: 20 }));
	await until(preparing);
	if (options.seed) await until(database.seed());
	app = database.login;
	writePassFile(passFile(root), app);
	noteCheckout(checkoutsFolder(options.environment), root);

	await using service = new ServiceProcess({
		command: command ?? [],
		endpoint: settings.service,
		folder: root,
		get environment() {
			return programEnvironment(withCompileCache(options.environment, root), database.login, root);
		},
		onCrash: (how) => report(`the service exited ${how}; it restarts when a file changes`),
	});
	const psql = () => psqlCommand(passFile(root), database.login);
	const start =
		command === undefined ? async () => reportAlone(options, psql()) : starter(service, options, psql);
	const resume = async () => {
		report(`PostgreSQL is running again on ${describeServers(server.admin)}`);
		// Migrations may have changed while it was down, and its port.
		await update().catch(errorReporter(options));
	};
	const onEnd = (cause: Error) => report(`${cause.message}\nrestarting PostgreSQL`);
	// Watches before the first start: if the service hangs while starting, a change of the source restarts it.
	using sources = new Disposables();
	const restart = async () => {
		// Otherwise it starts when the database of the branch is migrated.
		if (!hasMoved()) await start();
	};
	for (const path of config.dev.watch) sources.use(follow(path, restart, options));
	await until(Promise.all([start(), server.keepRunning({ onEnd, onRestarted: resume })]));
}

/** Where Node keeps compiled modules, so that a service in TypeScript restarts in about half the time. */
function withCompileCache(environment: NodeJS.ProcessEnv, root: string): NodeJS.ProcessEnv {
	return { NODE_COMPILE_CACHE: cacheFolder(root, 'compiled'), ...environment };
}

/** Starts or restarts the service, and reports its address, with the command for psql if that is new. */
function starter(service: ServiceProcess, { config, report, onReady }: DevOptions, psql: () => string) {
	let announced = '';
	return async () => {
		const address = await service.restart();
		if (address === undefined) return;
		if (psql() === announced) report(`restarted on ${address}`);
		else onReady(address, formatLinks(config.dev.links, address), psql());
		announced = psql();
	};
}

/**
 * Returns a function that calls `step` after `first` and after its earlier calls have ended: a branch switch changes many
 * paths. Calls meanwhile share the next one.
 */
function oneAtATime(first: Promise<void>, step: () => Promise<void>): () => Promise<void> {
	let last = first;
	let next: Promise<void> | undefined;
	return () => {
		next ??= last
			.catch(() => {})
			.then(() => {
				next = undefined;
				return step();
			});
		last = next;
		return last;
	};
}

/** Runs `step` whenever something in `directory` changes. Reports an error; the next change tries again. */
function follow(
	directory: string,
	step: () => Promise<void>,
	options: Reporting & Pick<WatchOptions, 'pause'>,
): Disposable {
	const onError = errorReporter(options);
	return watchDirectory(directory, { ...options, onChange: () => void step().catch(onError), onError });
}

function reportAlone({ report }: DevOptions, psql: string): void {
	report(`There is no command to run. Only the database is running: ${psql}`);
	report('To run your service too: npx slipway dev -- node src/main.ts, or dev.command in slipway.config.ts');
}

type Reporting = Pick<DevOptions, 'report' | 'signal'>;

/** Reports an error that does not end the run. */
function errorReporter({ report, signal }: Reporting): (error: unknown) => void {
	return (error) => {
		if (!signal.aborted) report(formatError(error, false));
	};
}
