export { acquireServer, type LeasedServer } from './acquire.ts';
export { type Broker, type StartContext, startBroker } from './broker.ts';
export { hashFiles } from './hash-files.ts';
export type { PooledServer } from './leases.ts';
export type { BrokerAddress, Logins } from './messages.ts';
