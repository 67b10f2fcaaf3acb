export { createApp } from './app.ts';
export type { Counters } from './counter/counters.ts';
export { Live } from './counter/live/live.ts';
export { openCounters } from './counter/store.ts';
export { openDatabase } from './database/database.ts';
export type { Readiness } from './health/readiness.ts';
export { createLogger } from './logging/logger.ts';
export { createMetrics, type Metrics } from './metrics/metrics.ts';
export { type RunningServer, startServer } from './server/server.ts';
