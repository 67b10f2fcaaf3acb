import type { ResolvedConfig } from '../config/index.ts';
import { psqlCommand, writePassFile } from '../connection/index.ts';
import { Disposables } from '../disposables.ts';
import { SlipwayError } from '../errors.ts';
import { programEnvironment } from '../program-environment.ts';
import type { ProviderName, Settings } from '../settings/index.ts';
import { formatFault } from '../terminal/index.ts';
import { checkPort } from './port.ts';
import { applyMigrations, prepareDatabase, type Report, seedDatabase } from './prepare.ts';
import { passFile, serverFiles, startDevServer } from './server.ts';
import { ServiceProcess } from './service-process.ts';
import { untilAborted } from './until-aborted.ts';
import { watchDirectory } from './watch.ts';

export interface DevOptions {
	/** The project's folder. */
	readonly root: string;
	readonly config: ResolvedConfig;
	readonly provider: ProviderName;
	readonly settings: Settings;
	/** Run the seeds of development before the service starts. */
	readonly seed: boolean;
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
 *
 * A signal during the start ends the run at the step that is under way, without waiting for it: that ends with this
 * process, which the caller has to end.
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
	const { migrations } = config;
	const until = <T>(step: Promise<T>) => untilAborted(signal, step);
	await until(checkPort(settings.service, provider === 'external' ? undefined : serverFiles(root, provider)));
	await using server = await until(startDevServer(provider, settings, root));
	report(`PostgreSQL (${provider}) answers on ${server.admin.host}:${server.admin.port}`);
	await until(prepareDatabase(server, settings, migrations, report, provider !== 'external'));
	const { app } = server;
	if (options.seed) await until(seedDatabase(app, config.seeds, report));
	writePassFile(passFile(root), app);

	await using service = new ServiceProcess({
		command: config.dev.command ?? noCommand(root),
		folder: root,
		environment: programEnvironment(options.environment, app, root),
		onCrash: (how) => report(`the service ended ${how}; it starts again when a file changes`),
	});
	const start = starter(service, options, psqlCommand(passFile(root), app));
	// From before the first start on: a change is what mends a service that hangs in it.
	using sources = new Disposables();
	for (const path of config.dev.watch) sources.use(follow(path, start, options));
	using _schema = follow(migrations, () => applyMigrations(server, settings, migrations, report), options);
	await until(Promise.all([start(), server.ended.then(fail)]));
}

/** Starts the service, at first or again, and says where it listens. */
function starter(service: ServiceProcess, { report, onReady }: DevOptions, psql: string) {
	let ready = false;
	return async () => {
		const address = await service.restart();
		if (address === undefined) return;
		if (ready) report(`restarted on ${address}`);
		else onReady(address, psql);
		ready = true;
	};
}

/** Takes `step` whenever something changes in `directory`. A failure is told, and waits for the next change. */
function follow(
	directory: string,
	step: () => Promise<void>,
	{ report, signal }: Pick<DevOptions, 'report' | 'signal'>,
): Disposable {
	const onError = (error: unknown) => {
		if (!signal.aborted) report(formatFault(error, false));
	};
	return watchDirectory(directory, { onChange: () => void step().catch(onError), onError });
}

function noCommand(root: string): never {
	throw new SlipwayError(
		'no-dev-command',
		`nothing in ${root} says how the service is started`,
		"Add it to slipway.config.ts: dev: { command: 'node src/main.ts', watch: ['src'] }",
	);
}

function fail(cause: Error): never {
	throw cause;
}
