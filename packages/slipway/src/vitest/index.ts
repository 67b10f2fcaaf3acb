export type { PostgresOptions } from './check-options.ts';
export type { Connect, ConnectOptions } from './clients.ts';
export { type DatabaseFixtures, databaseTest } from './database-test.ts';
export { type InstanceFixtures, test } from './instance-test.ts';
export { transactionTest } from './transaction-test.ts';
