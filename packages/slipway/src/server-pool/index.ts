export { acquireServer } from './acquire.ts';
export { type Broker, startBroker } from './broker.ts';
export type { BrokerAddress, Logins } from './messages.ts';
