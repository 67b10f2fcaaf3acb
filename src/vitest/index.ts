export type { Connect, ConnectOptions } from './clients.ts';
export { type DatabaseFixtures, databaseTest } from './database-test.ts';
export { type InstanceFixtures, test } from './instance-test.ts';
export type { PostgresOptions } from './options.ts';
export { transactionTest } from './transaction-test.ts';
