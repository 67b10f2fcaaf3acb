export { acquireServer, type LeasedServer } from './acquire.ts';
export { type Broker, startBroker, type TakeReady } from './broker.ts';
export { hashFiles } from './hash-files.ts';
export type { PooledServer } from './leases.ts';
export type { BrokerAddress, Logins } from './messages.ts';
