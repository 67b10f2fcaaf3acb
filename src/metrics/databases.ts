import { Counter, Gauge, type Registry } from 'prom-client';
import type { DatabaseStatus } from '../database/database.ts';

/** The pools of connections by name. */
export type Pools = Readonly<Record<string, { readonly status: DatabaseStatus }>>;

/** Reads the state of each pool when it is asked for, so that statements cost nothing more. */
export function reportDatabases(registry: Registry, pools: Pools): void {
	const forEach = (report: (pool: string, status: DatabaseStatus) => void) => {
		for (const [pool, { status }] of Object.entries(pools)) report(pool, status);
	};
	const options = (name: string, help: string) => ({
		name,
		help,
		labelNames: ['pool'],
		registers: [registry],
	});
	const gauge = (name: string, help: string, read: (status: DatabaseStatus) => number) =>
		new Gauge({
			...options(name, help),
			collect() {
				forEach((pool, status) => this.set({ pool }, read(status)));
			},
		});
	gauge(
		'database_connections_max',
		'Connections that a pool may open.',
		({ maxConnections }) => maxConnections,
	);
	gauge(
		'database_statements_running',
		'Statements that run or wait for a connection.',
		({ running }) => running,
	);
	gauge('database_paused', '1 while statements are refused for a moment after failures.', ({ isPausing }) =>
		Number(isPausing),
	);
	new Counter({
		...options('database_failures_total', 'Statements that failed, connecting included.'),
		collect() {
			this.reset();
			forEach((pool, { failures }) => this.inc({ pool }, failures));
		},
	});
}
