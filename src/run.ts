import { appConnection, readMigrationFiles, type Settings } from 'slipway';
import { createApp } from './app.ts';
import { openCounter, tryHit } from './counter/store.ts';
import { openDatabase } from './database.ts';
import { createLogger } from './logging.ts';
import { readinessOf } from './readiness.ts';
import { startServer } from './server.ts';

export interface ServiceOptions {
	readonly settings: Settings;
	/** The folder of the migrations that the service needs. */
	readonly migrations: string;
	readonly onListening: (address: string) => void;
	/** Resolves when the service is to stop. */
	readonly stop: Promise<void>;
}

/** Serves until it is told to stop, and ends when all is answered and closed. */
export async function runService({ settings, migrations, onListening, stop }: ServiceOptions): Promise<void> {
	await readMigrationFiles(migrations); // Fails at the start, rather than at each request, where the folder is missing.
	using logger = createLogger(settings.service.logLevel);
	const connection = appConnection(settings);
	// One connection counts. The others keep reads and health checks from waiting for each other.
	await using writing = openDatabase(connection, { maxConnections: 1 });
	await using reading = openDatabase(connection, { maxConnections: 2 });
	await using checking = openDatabase(connection, { maxConnections: 1 });
	const app = createApp({
		counter: openCounter({ writing, reading }),
		checkReadiness: readinessOf(
			checking,
			() => readMigrationFiles(migrations),
			() => tryHit(writing),
			logger,
		),
		logger,
	});
	await using server = await startServer(app, {
		...settings.service,
		onStopHeld: (held) => logger.warn(held, 'still stopping: waiting for clients and for the database'),
	});
	logger.info({ address: server.address }, 'listening');
	onListening(server.address);
	await stop;
	logger.info('stopping');
}
