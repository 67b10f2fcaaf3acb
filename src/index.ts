export { createApp } from './app.ts';
export type { Counter } from './counter/counter.ts';
export { openCounter } from './counter/store.ts';
export { openDatabase } from './database.ts';
export type { Readiness } from './health.ts';
export { createLogger } from './logging.ts';
export { startServer } from './server.ts';
