import type { Logger } from 'pino';
import { appConnection, type Connection, readMigrationFiles, readStatus, type Settings } from 'slipway';
import { createApp } from './app.ts';
import type { CallObserver } from './counter/batch.ts';
import { openLive } from './counter/live/open.ts';
import { startPruning } from './counter/pruning.ts';
import { openCounters, tryHit } from './counter/store.ts';
import { openDatabase, openFlushingDatabase } from './database/database.ts';
import { UnavailableError } from './database/unavailable-error.ts';
import { createReadinessCheck } from './health/readiness.ts';
import { createLogger } from './logging/logger.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { startServer } from './server/server.ts';
import { isTracingConfigured } from './tracing/configured.ts';
import type { HitSpan } from './tracing/hit-span.ts';
import { startTracing } from './tracing/open-telemetry.ts';

export interface ServiceOptions {
	readonly settings: Settings;
	/** Read again for every login, since the app's password may be changed at any time. */
	readonly readPasswords?: Connection['readPasswords'];
	readonly version: string;
	/** Read by OpenTelemetry, if it is configured there. */
	readonly environment: NodeJS.ProcessEnv;
	/** The folder of the migrations that the service needs. */
	readonly migrations: string;
	readonly onListening: (address: string) => void;
	/** Resolves when the service is to stop. */
	readonly stopRequested: Promise<void>;
}

/** Serves until a stop is requested. Resolves when every request is answered and every connection is closed. */
export async function runService(options: ServiceOptions): Promise<void> {
	const { settings, migrations } = options;
	const { rateLimit: requests, trustedProxies } = settings.service;
	await readMigrationFiles(migrations); // A missing folder fails the start rather than every readiness check.
	using logger = createLogger(settings.service.logLevel);
	await using tracing = isTracingConfigured(options.environment)
		? await startTracing(options.version, logger)
		: undefined;
	const login = (endpoint = settings.endpoint): Connection => ({
		...appConnection(settings, endpoint),
		readPasswords: options.readPasswords,
	});
	const connection = login();
	// One connection counts hits. Reads and health checks have their own, so that they do not wait for hits.
	await using writing = openFlushingDatabase(connection);
	await using reading = openDatabase(connection, { maxConnections: 2 });
	await using checking = openDatabase(connection, { maxConnections: 1 });
	await using replicas = settings.readEndpoint
		? openDatabase(login(settings.readEndpoint), { maxConnections: 1 })
		: undefined;
	await using updates = openLive({
		connection,
		direct: login(settings.migratorEndpoint),
		reading,
		charting: replicas,
		onError: (error) => logLiveFailure(logger, error),
	});
	const readFiles = () => readMigrationFiles(migrations);
	const metrics = createMetrics({
		version: options.version,
		pools: { writing, reading, checking, ...(replicas && { replicas }), ...updates.pools },
		readMigrations: async () => {
			const files = await readFiles();
			return await checking.run((sql) => readStatus(sql, files));
		},
	});
	const counters = openCounters({
		writing,
		reading,
		observe: () => observeHits(metrics, tracing?.observeHits()),
		onCounted: updates.announce,
	});
	const app = createApp({
		counters,
		live: updates.live,
		checkReadiness: createReadinessCheck(checking, readFiles, () => tryHit(writing), logger),
		metrics,
		traceRequests: tracing?.traceRequests,
		logger,
		rateLimit: requests === 0 ? undefined : { requests, trustedProxies },
	});
	await using server = await startServer(app, {
		...settings.service,
		onSlowStop: (outstanding) =>
			logger.warn(outstanding, 'still stopping: waiting for clients and for the database'),
	});
	using _pruning = startPruning(checking, logger);
	logger.info({ address: server.address }, 'listening');
	options.onListening(server.address);
	await options.stopRequested;
	logger.info('stopping');
	updates.live.close(); // Otherwise the server would wait for open pages.
}

function logLiveFailure(logger: Logger, error: unknown): void {
	if (!(error instanceof UnavailableError)) throw error;
	logger.warn({ code: error.code, hint: error.hint }, `open pages may not be up to date: ${error.message}`);
}

/** Without a span, the metrics are all. */
function observeHits(metrics: Metrics, span: HitSpan | undefined): CallObserver {
	if (span === undefined) return { run: metrics.observeHits };
	return {
		join: () => span.join(),
		run: (hits, call, countNew) => metrics.observeHits(hits, () => span.run(hits, call), countNew),
	};
}
