import { createMetrics, type Metrics } from '../../src/index.ts';

/** Metrics of a service without a database. */
export const emptyMetrics = (): Metrics =>
	createMetrics({ version: '0.0.0', pools: {}, readMigrations: async () => [] });
