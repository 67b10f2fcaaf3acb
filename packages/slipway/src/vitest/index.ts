import './require-vitest.ts';

export type { Login } from '../connection/index.ts';
export type { PostgresOptions } from './check-options.ts';
export type { Connect, ConnectOptions } from './clients.ts';
export { type DatabaseFixtures, databaseTest } from './database-test.ts';
export { type ServerFixtures, test } from './server-test.ts';
export { type TransactionFixtures, transactionTest } from './transaction-test.ts';
