import { join } from 'node:path';
import { formatFault } from '../cli/index.ts';
import { psqlCommand, writePassFile } from '../connection/index.ts';
import { appConnection, type ProviderName, type Settings } from '../settings/index.ts';
import { checkPort } from './port.ts';
import { applyMigrations, prepareDatabase, type Report, seedDatabase } from './prepare.ts';
import { passFile, serverFiles, startDevServer } from './server.ts';
import { serviceEnvironment } from './service-environment.ts';
import { ServiceProcess } from './service-process.ts';
import { untilAborted } from './until-aborted.ts';
import { watchDirectory } from './watch.ts';

export interface DevOptions {
	/** The project's folder. */
	readonly root: string;
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
 * until the signal comes. A server that exits unexpectedly is started again; rejects with the cause when that fails
 * three times in a row.
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
	const { root, provider, settings, report, signal } = options;
	const until = <T>(step: Promise<T>) => untilAborted(signal, step);
	await until(checkPort(settings.service, provider === 'external' ? undefined : serverFiles(root, provider)));
	await using server = await until(startDevServer(options));
	report(`PostgreSQL (${provider}) answers on ${server.admin.host}:${server.admin.port}`);
	const migrations = join(root, 'migrations');
	let app = await until(prepareDatabase(server, settings, migrations, report));
	if (options.seed) await until(seedDatabase(app, join(root, 'seeds'), report));
	writePassFile(passFile(root), app);

	await using service = new ServiceProcess({
		entry: join(root, 'src/service/main.ts'),
		get environment() {
			return serviceEnvironment(options.environment, app);
		},
		onCrash: (how) => report(`the service ended ${how}; it starts again when a file changes`),
	});
	const start = starter(service, options, () => psqlCommand(passFile(root), app));
	const migrate = () => applyMigrations(server, settings, migrations, report);
	const resume = async () => {
		const { host, port } = server.admin;
		report(`PostgreSQL answers again on ${host}:${port}`);
		const hasMoved = host !== app.host || port !== app.port;
		app = appConnection(settings, server.admin);
		writePassFile(passFile(root), app);
		// A change may have come while it was away.
		await Promise.all([migrate(), hasMoved ? start() : undefined]).catch(complaintsTo(options));
	};
	const onEnd = (cause: Error) => report(`${cause.message}\nrestarting PostgreSQL`);
	// From before the first start on: a change is what mends a service that hangs in it.
	using _source = follow(join(root, 'src'), start, options);
	using _schema = follow(migrations, migrate, options);
	await until(Promise.all([start(), server.keepRunning({ onEnd, onRestarted: resume })]));
}

/** Starts the service, at first or again, and says where it listens, with the command for psql when that is new. */
function starter(service: ServiceProcess, { report, onReady }: DevOptions, psql: () => string) {
	let announced = '';
	return async () => {
		const address = await service.restart();
		if (address === undefined) return;
		if (psql() === announced) report(`restarted on ${address}`);
		else onReady(address, psql());
		announced = psql();
	};
}

/** Takes `step` whenever something changes in `directory`. A failure is told, and waits for the next change. */
function follow(directory: string, step: () => Promise<void>, options: Complaints): Disposable {
	const onError = complaintsTo(options);
	return watchDirectory(directory, { onChange: () => void step().catch(onError), onError });
}

type Complaints = Pick<DevOptions, 'report' | 'signal'>;

/** Reports an error that does not end the run. */
function complaintsTo({ report, signal }: Complaints): (error: unknown) => void {
	return (error) => {
		if (!signal.aborted) report(formatFault(error, false));
	};
}
