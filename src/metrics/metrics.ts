import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { MigrationStatus } from 'slipway';
import type { RequestObserver } from '../http/time-requests.ts';
import { type Pools, reportDatabases } from './databases.ts';
import { observeHits } from './hits.ts';
import { reportMigrations } from './migrations.ts';
import { observeRequests } from './requests.ts';

export interface Metrics {
	readonly registry: Registry;
	readonly observeRequest: RequestObserver;
	readonly observeHits: ReturnType<typeof observeHits>;
}

export interface MetricsOptions {
	readonly version: string;
	readonly pools: Pools;
	/** Rejects with an `UnavailableError` if the database does not respond. */
	readonly readMigrations: () => Promise<readonly MigrationStatus[]>;
}

/** What `/metrics` shows of this process. */
export function createMetrics({ version, pools, readMigrations }: MetricsOptions): Metrics {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	reportBuild(registry, version);
	reportDatabases(registry, pools);
	reportMigrations(registry, readMigrations);
	return {
		registry,
		observeRequest: observeRequests(registry),
		observeHits: observeHits(registry),
	};
}

function reportBuild(registry: Registry, version: string): void {
	new Gauge({
		name: 'counter_build_info',
		help: 'The version of the service and of Node.js; the value is always 1.',
		labelNames: ['version', 'node'],
		registers: [registry],
	}).set({ version, node: process.versions.node }, 1);
}
